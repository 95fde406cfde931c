import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, it } from 'vitest'
import { decodeImage } from '../../src/imaging/decode.ts'
import { decodeForNetwork } from '../../src/trainer/decode-for-network.ts'
import { nativeDecoder } from '../../src/trainer/engines/native-decoder/native-decoder.ts'

const folder = mkdtempSync(join(tmpdir(), 'thaw-no-decoder-'))
process.env.THAW_CACHE = folder
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('where the native decoder is not set up, networks see what sharp decodes', async () => {
  expect(nativeDecoder()).toBeNull()
  const path = join(folder, 'picture.jpg')
  await sharp({ create: { width: 90, height: 60, channels: 3, background: '#40a060' } }).toFile(path)
  const options = { width: 32, height: 32, resize: 'cover' } as const
  const pixels = await decodeForNetwork(path, '', options)
  expect(pixels).toBeInstanceOf(Uint8Array)
  expect(pixels).toEqual(await decodeImage(path, options))
  expect(await decodeForNetwork(path, '0'.repeat(64), options)).toMatchObject({ reason: 'unreadable' })
})
