import { join } from 'node:path'

/** Where the thumbnail of the bytes with this hash lies: spread over 256 folders, so that no folder grows huge. */
export function thumbnailPath(thumbnailFolder: string, sha256: string): string {
  return join(thumbnailFolder, sha256.slice(0, 2), `${sha256}.jpg`)
}

/** Where a picture lies that browsers show, of an original whose format they do not. */
export function shownPath(thumbnailFolder: string, sha256: string): string {
  return join(thumbnailFolder, sha256.slice(0, 2), `${sha256}.whole.jpg`)
}

/** Where a copied original lies. */
export function originalPath(mediaFolder: string, sha256: string): string {
  return join(mediaFolder, sha256.slice(0, 2), sha256)
}
