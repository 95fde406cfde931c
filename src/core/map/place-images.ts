import { UMAP } from 'umap-js'
import { createRandom } from '../../models/random.ts'

const usualMost = 5000
const neighbours = 15
const placedBy = 3

/**
 * Places images in a square by UMAP, like ones near each other, the same for the same features.
 *
 * @param features `[images, width]`, float32; rows of NaN are left out
 * @param options.onProgress in images
 * @param options.mostLaidOut of a larger set so many are drawn and laid out; the others are placed among their nearest of them
 * @returns float32 `[images, 2]`, 0 to 1; NaN for those that are left out
 * @see McInnes, Healy, Melville: UMAP (2018), https://arxiv.org/abs/1802.03426
 */
export function placeImages(
  features: Float32Array,
  width: number,
  {
    onProgress = () => {},
    mostLaidOut = usualMost,
  }: { onProgress?: (done: number, total: number) => void; mostLaidOut?: number } = {},
): Float32Array {
  const images = features.length / width
  const present = Array.from({ length: images }, (_, image) => image).filter(
    (image) => !Number.isNaN(features[image * width]),
  )
  const order = createRandom({ seed: 0, purpose: 'map' }).permutation(present.length)
  const laidOut = Array.from(order.subarray(0, mostLaidOut), (index) => present[index] as number).sort(
    (a, b) => a - b,
  )
  const places = layOut(features, width, laidOut, (share) =>
    onProgress(share * laidOut.length, present.length),
  )
  const positions = new Float32Array(images * 2).fill(NaN)
  laidOut.forEach((image, index) => positions.set(places[index] ?? [0, 0], image * 2))
  const rest = present.filter((image) => Number.isNaN(positions[image * 2]))
  const placeOf = placer(features, width, laidOut, places)
  rest.forEach((image, index) => {
    positions.set(placeOf(image), image * 2)
    onProgress(laidOut.length + index + 1, present.length)
  })
  return inSquare(positions)
}

function layOut(
  features: Float32Array,
  width: number,
  images: readonly number[],
  onProgress: (share: number) => void,
): number[][] {
  // UMAP needs neighbours to begin with.
  if (images.length < 4) return images.map((_, index) => [index, index])
  const { uniform } = createRandom({ seed: 0, purpose: 'umap' })
  const umap = new UMAP({
    nNeighbors: Math.min(neighbours, images.length - 1),
    random: () => uniform(),
  })
  const rows = images.map((image) => Array.from(features.subarray(image * width, (image + 1) * width)))
  const epochs = umap.initializeFit(rows)
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    umap.step()
    onProgress(epoch / epochs)
  }
  return umap.getEmbedding()
}

/** Values that are compared before it is looked whether the rest could matter. */
const firstValues = 16

/**
 * Gives the mean place of the nearest of images that have one, nearer ones counting more.
 *
 * @param laidOut images that have a place
 */
function placer(
  features: Float32Array,
  width: number,
  laidOut: readonly number[],
  places: readonly number[][],
): (image: number) => [number, number] {
  // Side by side in memory, as each is read for every image.
  const values = new Float32Array(laidOut.length * width)
  laidOut.forEach((image, index) =>
    values.set(features.subarray(image * width, (image + 1) * width), index * width),
  )
  const nearest = new Int32Array(placedBy)
  const distances = new Float64Array(placedBy)
  return (image) => {
    distances.fill(Infinity)
    const start = image * width
    for (let index = 0, at = 0; index < laidOut.length; index += 1, at += width) {
      let distance = 0
      let offset = 0
      for (let end = Math.min(firstValues, width); offset < end;) {
        for (; offset < end; offset += 1) {
          const difference = (features[start + offset] as number) - (values[at + offset] as number)
          distance += difference * difference
        }
        // Most are far away, and told to be so by their first values.
        end = distance >= (distances[placedBy - 1] as number) ? offset : width
      }
      if (distance >= (distances[placedBy - 1] as number)) continue
      let slot = placedBy - 1
      for (; slot > 0 && distance < (distances[slot - 1] as number); slot -= 1) {
        distances[slot] = distances[slot - 1] as number
        nearest[slot] = nearest[slot - 1] as number
      }
      distances[slot] = distance
      nearest[slot] = index
    }
    let [x, y, total] = [0, 0, 0]
    for (let slot = 0; slot < placedBy && Number.isFinite(distances[slot]); slot += 1) {
      const weight = 1 / (1e-6 + (distances[slot] as number))
      const [atX = 0, atY = 0] = places[nearest[slot] as number] ?? []
      x += weight * atX
      y += weight * atY
      total += weight
    }
    return [x / total, y / total]
  }
}

/** Moved and scaled to fill a square, both axes alike. */
function inSquare(positions: Float32Array): Float32Array {
  const low = [Infinity, Infinity]
  const high = [-Infinity, -Infinity]
  positions.forEach((value, index) => {
    const axis = index % 2
    if (value < (low[axis] as number)) low[axis] = value
    if (value > (high[axis] as number)) high[axis] = value
  })
  const sizes = [0, 1].map((axis) => (high[axis] as number) - (low[axis] as number))
  const size = Math.max(...sizes) || 1
  return positions.map((value, index) => {
    const axis = index % 2
    return (value - (low[axis] as number)) / size + (1 - (sizes[axis] as number) / size) / 2
  })
}
