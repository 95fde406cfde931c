import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { cacheControls, findMedia } from '../../core/host/find-media.ts'
import type { Media } from '../../core/images/media.ts'

/** Above this, a file is streamed. */
const wholeBytes = 256 * 1024

/** Answers a media URL. @param ifNoneMatch the tag that the client has already */
export async function mediaResponse(
  media: Media,
  pathname: string,
  ifNoneMatch: string | undefined,
): Promise<Response> {
  const found = await findMedia(media, pathname)
  if (!found) return new Response('There is no such image.\n', { status: 404 })
  const etag = `"${found.tag}"`
  const headers = {
    'Content-Type': found.contentType,
    'Cache-Control': cacheControls[found.caching],
    // Opened by itself, an image must be nothing but an image.
    'Content-Security-Policy': "default-src 'none'; sandbox",
    ETag: etag,
  }
  if (ifNoneMatch === etag) return new Response(null, { status: 304, headers })
  const body =
    found.sizeBytes <= wholeBytes
      ? await readFile(found.path)
      : (Readable.toWeb(createReadStream(found.path)) as ReadableStream<Uint8Array>)
  return new Response(body, { headers })
}
