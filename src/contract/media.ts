/**
 * Media URLs, the same in every host: `<mediaBase>/<projectId>/…`. Bytes by content hash may be cached for ever; those by
 * image id are for images whose bytes were not read yet, and may not be cached.
 */
export const mediaBase = '/media'

/** A JPEG or WebP of at most `thumbnailSizePx` on its longer side, upright. */
export const thumbnailSizePx = 256

export function thumbnailUrl(projectId: string, image: { id: number; sha256: string | null }): string {
  return image.sha256
    ? `${mediaBase}/${projectId}/thumbnail/${image.sha256}`
    : `${mediaBase}/${projectId}/pending-thumbnail/${image.id}`
}

/** A variant of an image, by the hash of all that it was made from. */
export function previewUrl(projectId: string, hash: string, variant: number): string {
  return `${mediaBase}/${projectId}/preview/${hash}-${variant}`
}

/** The original bytes. */
export function originalUrl(projectId: string, sha256: string): string {
  return `${mediaBase}/${projectId}/original/${sha256}`
}
