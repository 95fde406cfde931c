import { Readable } from 'node:stream'
import type { Handlers } from '../context.ts'
import type { Uploads } from './uploads.ts'

/** Pictures that are on no disk, sent over the wire. */
export function createUploadsHandlers(uploads: Uploads): Handlers<'uploads.put' | 'uploads.end'> {
  return {
    async 'uploads.put'({ name, bytes }) {
      const content = Buffer.from(bytes, 'base64')
      const id = uploads.begin('images')
      try {
        const path = await uploads.receive(id, name, Readable.from([content]), content.length)
        return { id, path }
      } catch (error) {
        await uploads.end(id)
        throw error
      }
    },
    async 'uploads.end'({ id }) {
      await uploads.end(id)
      return {}
    },
  }
}
