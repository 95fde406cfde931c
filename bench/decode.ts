/**
 * JPEG files of 640x480 (quality 90, 4:2:0), from the disk to upright pixels of 224x224, in images a second on two cores: ours as training
 * and prediction read them, hashes checked; sharp alone; and the Python peers with two workers. All take turns within each round, so that
 * other work on the machine meets all of them; the fastest round of each counts. The time on a processor is printed beside it: it hardly
 * depends on other work.
 *
 *     taskset -c 0,1 node bench/decode.ts [rounds]
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { prepareDecoder } from '../src/imaging/decode.ts'
import { findBackbone } from '../src/models/catalog.ts'
import { truncateAt } from '../src/models/graph.ts'
import { nativeAddonProblem } from '../src/trainer/engines/native-installation/location.mjs'
import { createFrozenPart } from '../src/trainer/frozen-part.ts'
import type { JobContext } from '../src/trainer/job-context.ts'
import { computeRecords } from '../src/trainer/records/compute-records.ts'
import type { SourceImage } from '../src/trainer/records/record-maker.ts'
import { startPeerProcess } from './peer-process.ts'
import { peerPython } from './peers.ts'
import { report, sharedData, withTemporaryFolder } from './thaw.ts'

/** Of EfficientNet-Lite0. */
const size = 224
const fileCount = 200
/** Each turn goes over as many images as take about this long. */
const turnSeconds = 0.8
const warmUpImages = 100
const aimImagesPerSecond = 1400
const peerNames: Record<string, string> = {
  pil: 'torchvision with PIL, 2 workers',
  torchvision: "torchvision's own decoder, 2 workers",
  tfdata: 'tf.data, 2 threads',
}

/** Decodes so many images and answers with the seconds it took. */
type Turn = (images: number) => Promise<number>

async function makeFiles(folder: string): Promise<SourceImage[]> {
  const photographs = join(sharedData, 'hymenoptera')
  if (!existsSync(photographs)) throw new Error(`The photographs in ${photographs} are needed.`)
  const paths = readdirSync(photographs, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jpg'))
    .slice(0, fileCount)
  return Promise.all(
    paths.map(async (name, index) => {
      const bytes = await sharp(join(photographs, name))
        .resize(640, 480, { fit: 'cover' })
        .jpeg({ quality: 90, chromaSubsampling: '4:2:0' })
        .toBuffer()
      const path = join(folder, `${index}.jpg`)
      writeFileSync(path, bytes)
      return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
    }),
  )
}

function timed(run: (images: number) => Promise<void>): Turn {
  return async (images) => {
    const start = performance.now()
    await run(images)
    return (performance.now() - start) / 1000
  }
}

/** What a fit with nothing frozen does to fill its cache, but for keeping the pixels. */
function ours(files: readonly SourceImage[]): Turn {
  const backbone = findBackbone('efficientnet-lite0')
  const graph = backbone.build()
  const part = createFrozenPart({
    preprocessing: backbone.meta.preprocessing,
    graph: truncateAt(graph, graph.nodes[0]?.name ?? ''),
    values: () => new Map(),
    weightsSha256: null,
    engine: 'native',
  })
  const context: JobContext = { emit: () => {}, stopRequested: () => false, cancelRequested: () => false }
  return timed((count) =>
    computeRecords(
      Array.from({ length: count }, (_, index) => files[index % files.length] as SourceImage),
      { part, augmenter: null },
      context,
      {
        onRecord: () => {},
        onSkipped: (_, { path, detail }) => {
          throw new Error(`${path}: ${detail}`)
        },
      },
    ),
  )
}

function sharpAlone(files: readonly SourceImage[]): Turn {
  return timed(async (count) => {
    let next = 0
    const lane = async (): Promise<void> => {
      while (next < count) {
        const { path } = files[next++ % files.length] as SourceImage
        await sharp(path).resize(size, size).raw().toBuffer()
      }
    }
    await Promise.all(Array.from({ length: 8 }, lane))
  })
}

/** Milliseconds of processors' time for an image, in the turn that took the least. */
const processorMs = new Map<string, number>()

function keepLeast(name: string, ms: number): void {
  processorMs.set(name, Math.min(processorMs.get(name) ?? Infinity, ms))
}

function measured(name: string, turn: Turn): Turn {
  return async (images) => {
    const before = process.cpuUsage()
    const seconds = await turn(images)
    const { user, system } = process.cpuUsage(before)
    keepLeast(name, (user + system) / 1000 / images)
    return seconds
  }
}

/** Images a second of each in its fastest turn. */
async function race(turns: ReadonlyMap<string, Turn>, rounds: number): Promise<Map<string, number>> {
  const best = new Map<string, number>()
  const images = new Map<string, number>()
  for (const [name, turn] of turns) {
    const rate = warmUpImages / (await turn(warmUpImages))
    images.set(name, Math.max(warmUpImages, Math.round(turnSeconds * rate)))
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, turn] of turns) {
      const count = images.get(name) as number
      best.set(name, Math.max(best.get(name) ?? 0, count / (await turn(count))))
    }
  }
  return best
}

const rounds = Number(process.argv[2] ?? 5)
const problem = nativeAddonProblem('jpeg-decoder')
if (problem !== null) throw new Error(`The native decoder is what is measured, but ${problem}.`)
console.log(`${availableParallelism()} cores; the aim is for two.`)
prepareDecoder()
await withTemporaryFolder(async (folder) => {
  const files = await makeFiles(folder)
  const paths = files.map(({ path }) => path)
  const turns = new Map<string, Turn>([
    ['ours', measured('ours', ours(files))],
    ['sharp', measured('sharp', sharpAlone(files))],
  ])
  const python = await peerPython()
  const peers = Object.keys(python === null ? {} : peerNames).map((way) => {
    const peer = startPeerProcess(python as string, 'decode-jpeg.py', [way])
    return { way, peer }
  })
  try {
    for (const { way, peer } of peers) {
      await peer.ask({ paths })
      turns.set(way, async (images) => {
        const answer = await peer.ask({ images })
        keepLeast(way, answer.processorMs as number)
        return answer.seconds as number
      })
    }
    const rates = await race(turns, rounds)
    const rate = rates.get('ours') ?? NaN
    report(
      'JPEG 640x480 to 224, as training and prediction read it',
      `${rate.toFixed(0)} images a second`,
      `>= ${aimImagesPerSecond}`,
      rate >= aimImagesPerSecond,
    )
    const own = processorMs.get('ours') ?? NaN
    const ownTime = `${own.toFixed(2)} ms on a processor`
    console.log(`      ${'ours'.padEnd(58)} ${ownTime}: ${(2000 / own).toFixed(0)} in a second of two`)
    for (const [name, other] of rates) {
      if (name === 'ours') continue
      const label = peerNames[name] ?? 'sharp alone'
      const time = processorMs.get(name) ?? NaN
      const figures = `${other.toFixed(0)} images a second, ${time.toFixed(2)} ms`
      const ratios = `ours: ${(rate / other).toFixed(2)} times as many, in ${(own / time).toFixed(2)} of the processors' time`
      console.log(`      ${label.padEnd(58)} ${figures.padEnd(34)} ${ratios}`)
    }
  } finally {
    for (const { peer } of peers) peer.end()
  }
})
