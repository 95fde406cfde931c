import type { GivenFile } from '../../client/given-files.ts'

/** A file of weights, with those that belong to it. */
export interface GivenWeights {
  /** The one that core is asked about. */
  readonly main: GivenFile
  /** All, the main one first; their names are below its folder. */
  readonly files: readonly GivenFile[]
}

/** What was dropped. */
export type DroppedKind =
  | { readonly kind: 'images'; readonly images: readonly GivenFile[] }
  | { readonly kind: 'weights'; readonly weights: GivenWeights }
  /** Several files, and none that is clearly the one that is meant. */
  | { readonly kind: 'unclear' }

const imageName = /\.(jpe?g|png|webp|gif|tiff?|bmp|avif|heic|heif)$/i
/** A whole network in one file. */
const weightsName = /\.(h5|hdf5|keras|safetensors|pth|pt|bin)$/i
const manifestName = /\.json$/i

/** Whether a file is an image, by the type that the page is told, or its name. */
export function isImage({ file, name }: GivenFile): boolean {
  return file.type.startsWith('image/') || imageName.test(name)
}

/**
 * Tells images from weights, and which of several files is the one that the others belong to: a TensorFlow.js model's `model.json`, or its
 * only JSON file.
 */
export function droppedKind(files: readonly GivenFile[]): DroppedKind {
  if (files.length > 0 && files.every(isImage)) return { kind: 'images', images: files }
  const main = mainOf(files)
  if (!main) return { kind: 'unclear' }
  if (!manifestName.test(main.name)) return { kind: 'weights', weights: { main, files: [main] } }
  const folder = folderOf(main.name)
  const beside = files.filter((file) => file !== main && file.name.startsWith(folder))
  return { kind: 'weights', weights: { main, files: [main, ...beside] } }
}

function mainOf(files: readonly GivenFile[]): GivenFile | undefined {
  if (files.length === 1) return files[0]
  const only = (candidates: GivenFile[]) => (candidates.length === 1 ? candidates[0] : undefined)
  const models = files.filter(({ name }) => name.slice(folderOf(name).length) === 'model.json')
  if (models.length > 0) return only(models)
  const manifests = files.filter(({ name }) => manifestName.test(name))
  return only(manifests) ?? only(files.filter(({ name }) => weightsName.test(name)))
}

/** With its last slash; empty where the name has no folder. */
function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}
