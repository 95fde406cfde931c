import { statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { PublishedWeights } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import type { Backbone, Convention, DownloadableWeights, FileWeights } from '../../models/backbone.ts'
import { elementCount, parametersOf } from '../../models/shapes.ts'
import { partialPath } from './download-file.ts'

/** How people name whose weights they are. */
const publishers: Record<Convention, PublishedWeights['publisher']> = {
  keras: 'keras',
  torch: 'torchvision',
  timm: 'timm',
}

const bytesOf = new Map<string, number>()

/** The file's name at its publisher. */
function fileNameOf({ url }: DownloadableWeights): string {
  return basename(new URL(url).pathname)
}

/** About how long a publisher's file is: float32, with the classifier of ImageNet. */
export function estimatedBytes(backbone: Backbone): number {
  const { id } = backbone.meta
  const graph = () => (backbone.buildClassifier ?? backbone.build)()
  const bytes =
    bytesOf.get(id) ?? 4 * parametersOf(graph()).reduce((sum, { shape }) => sum + elementCount(shape), 0)
  bytesOf.set(id, bytes)
  return bytes
}

/** Where a publisher's file is kept while it is fetched. */
export function downloadPath(dataDir: string, backbone: string, source: DownloadableWeights): string {
  return join(downloadsFolder(dataDir, backbone), fileNameOf(source))
}

/** Where what has been fetched for a backbone is, until it is installed. */
export function downloadsFolder(dataDir: string, backbone: string): string {
  return join(dataDir, 'downloads', backbone)
}

/** The files that publishers have of a backbone's weights, the default first. */
export function publishedWeights(dataDir: string, backbone: Backbone): PublishedWeights[] {
  return backbone.meta.weights.flatMap((source): PublishedWeights[] => {
    if (source.kind === 'embedded') return []
    const known = { publisher: publishers[source.convention], origin: source.origin }
    if (source.kind === 'file') return source.url ? [{ ...known, address: source.url, download: null }] : []
    const path = downloadPath(dataDir, backbone.meta.id, source)
    const downloadedBytes = sizeOf(path) || sizeOf(partialPath(path))
    const bytes = source.bytes ?? estimatedBytes(backbone)
    const download = {
      source: fileNameOf(source),
      bytes,
      isExact: source.bytes !== undefined,
      downloadedBytes,
    }
    return [{ ...known, address: source.url, download }]
  })
}

/**
 * The publisher's file to fetch.
 *
 * @param name a publisher (the first of its files), or the name of a file at its publisher; undefined: the first there is
 * @throws AppError 'download-unavailable' where there is none, with the addresses that a person can get one from
 */
export function findDownload(backbone: Backbone, name: string | undefined): DownloadableWeights {
  const { id, weights } = backbone.meta
  const sources = weights.filter((source) => source.kind === 'download')
  const found = sources.find(
    (source) => name === undefined || publishers[source.convention] === name || fileNameOf(source) === name,
  )
  if (found) return found
  if (sources.length > 0) {
    const names = sources.map((source) => `${publishers[source.convention]} (${fileNameOf(source)})`)
    throw new AppError(
      'download-unavailable',
      `The weights of ${id} can be downloaded from ${names.join(', ')}; '${name}' is none of them. Name one of them.`,
      { backbone: id, sources: names },
    )
  }
  if (backbone.own) {
    throw new AppError(
      'download-unavailable',
      `${id} is a model of your own, which no publisher has. Add its file: thaw backbones add model.json --id ${id}.`,
      { backbone: id },
    )
  }
  const files = weights.filter((source): source is FileWeights => source.kind === 'file')
  const origins = files.map(({ url, origin }) => (url ? `${url} (${origin})` : origin))
  throw new AppError(
    'download-unavailable',
    `The weights of ${id} have no published hash to check a download by, so they are not fetched. Get a file of them yourself${origins.length > 0 ? `, from ${origins.join(' or ')}` : ''}, and add it: thaw backbones add FILE --as ${id}.`,
    { backbone: id, addresses: origins },
  )
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
