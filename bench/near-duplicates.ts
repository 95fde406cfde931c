/**
 * Near duplicates: 500 copies that were resized, encoded again, cropped by up to a tenth of a side or brightened, among 5,000 real and drawn images in all;
 * recall of the planted pairs, and precision over every pair that is reported. Real data hold duplicates of their own: a pair that was not
 * planted is left out where the two correlate by 0.95 at 128 x 128 as they lie, and is wrong otherwise.
 *
 *     node bench/near-duplicates.ts [--images 5000] [--planted 500]
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { drawSample, samplePath } from '../src/imaging/draw-sample.ts'
import { createRandom, type Random } from '../src/models/random.ts'
import { coreWithoutTrainer, importInto } from './imported-project.ts'
import { benchOptions } from './options.ts'
import { report, sharedData, withTemporaryFolder } from './thaw.ts'

const options = benchOptions({ images: 5000, planted: 500 })
const sources = ['flowers17', 'hymenoptera', 'pacs_subset']
const drawnClasses = 20
const mostCut = 0.1
const sameFromOn = 0.95

type Size = { width: number; height: number }

const changes: Record<string, (image: Sharp, size: Size, random: Random) => Sharp> = {
  resized: (image, { width }, random) =>
    image.resize(Math.max(32, Math.round(width * random.uniform(0.3, 0.8)))),
  'encoded again': (image) => image.jpeg({ quality: 35 }),
  cropped(image, { width, height }, random) {
    const cut = (side: number) => Math.round(side * random.uniform(0, mostCut))
    const [left, right, top, bottom] = [cut(width), cut(width), cut(height), cut(height)]
    return image.extract({ left, top, width: width - left - right, height: height - top - bottom })
  },
  brightened: (image, _size, random) => image.linear(random.uniform(1.1, 1.35), random.uniform(0, 15)),
}
const kinds = Object.keys(changes)

function realFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(jpe?g|png)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** Copies half of the originals from real data, draws the others. @returns all of them, mixed */
async function makeOriginals(folder: string, count: number): Promise<string[]> {
  const random = createRandom({ seed: 11, purpose: 'originals', item: 0 })
  const real = sources
    .map((name) => join(sharedData, name))
    .filter((path) => existsSync(path))
    .flatMap(realFiles)
    .map((path) => ({ path, rank: random.uniform(0, 1) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, Math.floor(count / 2))
  if (real.length === 0) console.log(`No real images: ${sharedData} is not there; all are drawn.`)
  mkdirSync(folder, { recursive: true })
  const copied = real.map(({ path }, index) => {
    const target = join(folder, `real-${index}.jpg`)
    copyFileSync(path, target)
    return target
  })
  const drawn = count - copied.length
  const request = { folder, seed: 21, sizePx: 320, classes: drawnClasses, flaws: false }
  await drawSample({ ...request, from: 0, to: drawn })
  const all = [
    ...copied,
    ...Array.from({ length: drawn }, (_, index) => samplePath(folder, index, drawnClasses)),
  ]
  return all
    .map((path) => ({ path, rank: random.uniform(0, 1) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ path }) => path)
}

/** Of the luma of two pictures, each stretched to 128 x 128. */
async function correlation(pair: string): Promise<number> {
  const [a, b] = (await Promise.all(pair.split('\n').map(readLuma))) as [Float64Array, Float64Array]
  const products = (one: Float64Array, other: Float64Array) =>
    one.reduce((sum, value, index) => sum + value * (other[index] as number), 0)
  return products(a, b) / Math.sqrt(Math.max(1e-9, products(a, a) * products(b, b)))
}

/** Its differences from their mean. */
async function readLuma(path: string): Promise<Float64Array> {
  const pixels = await sharp(path)
    .autoOrient()
    .resize(128, 128, { fit: 'fill' })
    .flatten({ background: '#ffffff' })
    .greyscale()
    .raw()
    .toBuffer()
  const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length
  return Float64Array.from(pixels, (value) => value - mean)
}

await withTemporaryFolder(async (folder) => {
  const pictures = join(folder, 'pictures')
  console.log(`Making ${options.images} images …`)
  const originals = await makeOriginals(join(pictures, 'originals'), options.images - options.planted)
  mkdirSync(join(pictures, 'copies'))
  const planted = new Map<string, string>()
  for (const [index, original] of originals.slice(0, options.planted).entries()) {
    const kind = kinds[index % kinds.length] as string
    const upright = await sharp(original).autoOrient().toBuffer({ resolveWithObject: true })
    const change = changes[kind] as (typeof changes)[string]
    const copy = join(pictures, 'copies', `${index}.jpg`)
    const changed = change(
      sharp(upright.data),
      upright.info,
      createRandom({ seed: 31, purpose: 'copies', item: index }),
    )
    await changed.jpeg(kind === 'encoded again' ? { quality: 35 } : { quality: 88 }).toFile(copy)
    planted.set([original, copy].sort().join('\n'), kind)
  }

  const core = coreWithoutTrainer(folder)
  try {
    const { projectId } = await importInto(core, join(folder, 'p.thaw'), pictures)
    const start = performance.now()
    await core.request('hygiene.scan', { projectId })
    const seconds = (performance.now() - start) / 1000
    const { findings } = await core.request('hygiene.images', { projectId, kind: 'near-duplicates' })
    const ids = findings.flatMap(({ imageIds }) => imageIds)
    const paths = new Map<number, string>()
    for (let first = 0; first < ids.length; first += 1000) {
      const page = await core.request('images.get', { projectId, ids: ids.slice(first, first + 1000) })
      for (const { id, path } of page.images) paths.set(id, path)
    }
    const found = findings.flatMap(({ imageIds }) =>
      imageIds.flatMap((id, index) =>
        imageIds.slice(index + 1).map((other) => [paths.get(id), paths.get(other)].sort().join('\n')),
      ),
    )
    const right = new Set(found.filter((pair) => planted.has(pair)))
    const others = found.filter((pair) => !planted.has(pair))
    const judged = await Promise.all(others.map(async (pair) => ({ pair, alike: await correlation(pair) })))
    const wrong = judged.filter(({ alike }) => alike < sameFromOn)
    const recall = right.size / planted.size
    const precision = right.size / Math.max(1, right.size + wrong.length)
    for (const kind of kinds) {
      const all = [...planted].filter(([, planted]) => planted === kind)
      const hits = all.filter(([pair]) => right.has(pair)).length
      console.log(`      ${kind.padEnd(16)} ${hits} of ${all.length}`)
    }
    console.log(`      there already    ${others.length - wrong.length}`)
    for (const { pair, alike } of wrong)
      console.log(`      wrong (${alike.toFixed(2)}): ${pair.replace('\n', ' ')}`)
    const share = (value: number) => value.toFixed(3)
    report('near duplicates: recall', share(recall), '>= 0.95', recall >= 0.95)
    report('near duplicates: precision', share(precision), '>= 0.95', precision >= 0.95)
    console.log(`      compared in ${seconds.toFixed(1)} s`)
  } finally {
    await core.close()
  }
})
