import { originalUrl, thumbnailUrl } from '../../../../../contract/media.ts'
import type { RequestInput } from '../../../../../contract/requests/index.ts'

/** A picture that a run is asked about. */
export interface ExplainedPicture {
  /** Tells it from others. */
  readonly key: string
  /** As core is asked; null: it cannot be asked yet. */
  readonly image: RequestInput<'runs.explain'>['image'] | null
  /** Where it can be shown from, the best first: where the file is gone there is the thumbnail. */
  readonly urls: readonly string[]
  /** In the project; null: it is not there. */
  readonly imageId: number | null
  /** Of the predicted class, where it is known before the run is asked. */
  readonly probability: number | null
}

/** An image that the project has, or that a run saw. */
export function pictureOfImage(
  projectId: string,
  { imageId, sha256, probability }: { imageId: number | null; sha256: string; probability: number | null },
): ExplainedPicture {
  return {
    key: sha256,
    image: { sha256 },
    imageId,
    urls: [originalUrl(projectId, sha256), thumbnailUrl(projectId, { id: imageId ?? 0, sha256 })],
    probability,
  }
}
