/**
 * Features of drawn JPEG files of 640x480, as training computes them when nothing is cached: images a second by one process, and with the
 * helpers that long work starts (their start counts), and whether both give the same bits.
 *
 *     node bench/features.ts [--images 3000] [--backbone efficientnet-lite0]
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareDecoder } from '../src/imaging/decode.ts'
import { findBackbone } from '../src/models/catalog.ts'
import { truncateAt } from '../src/models/graph.ts'
import { initializeParameter } from '../src/models/initializers.ts'
import { parametersOf } from '../src/models/shapes.ts'
import { chooseEngine } from '../src/trainer/engines/index.ts'
import { createFrozenPart } from '../src/trainer/frozen-part.ts'
import type { JobContext } from '../src/trainer/job-context.ts'
import { computeRecords } from '../src/trainer/records/compute-records.ts'
import { helpersFor } from '../src/trainer/records/helpers/helpers-for.ts'
import { drawnJpegs } from './drawn-jpegs.ts'
import { processorSeconds } from './processor-seconds.ts'
import { report } from './thaw.ts'

const { values: options } = parseArgs({
  options: {
    images: { type: 'string', default: '3000' },
    backbone: { type: 'string', default: 'efficientnet-lite0' },
  },
})
/** Of time, by one process over with helpers. */
const fewestTimes = 1.15

const count = Number(options.images)
const folder = await drawnJpegs(10_000)
const images = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.jpg'))
  .slice(0, count)
  .map((path) => ({ path: join(folder, path), sha256: '' }))

prepareDecoder()
const { engine, device, threads } = await chooseEngine('auto')
const backbone = findBackbone(options.backbone)
const graph = truncateAt(backbone.build(), backbone.meta.featureLayer)
const values = new Map(parametersOf(graph).map((spec) => [spec.name, initializeParameter(spec, 0)]))
const context: JobContext = { emit: () => {}, stopRequested: () => false, cancelRequested: () => false }

async function compute(worthSeconds: number): Promise<{ seconds: number; records: Uint8Array[] }> {
  const part = createFrozenPart({
    preprocessing: backbone.meta.preprocessing,
    graph,
    values: () => values,
    weightsSha256: null,
    engine,
  })
  const records: Uint8Array[] = []
  const start = performance.now()
  const sink = {
    onRecord: (position: number, record: Uint8Array) => (records[position] = record),
    onSkipped: (_position: number, { path, detail }: { path: string; detail: string }) => {
      throw new Error(`${path}: ${detail}`)
    },
  }
  await computeRecords(images, { part, augmenter: null }, context, sink, { worthSeconds, plan: helpersFor })
  const seconds = (performance.now() - start) / 1000
  part.dispose()
  return { seconds, records }
}

const alone = await compute(Infinity)
const before = processorSeconds()
const helped = await compute(8)
const onProcessors = processorSeconds() - before
const different = helped.records.filter((record, index) => {
  return Buffer.compare(record, alone.records[index] as Uint8Array) !== 0
}).length
console.log(`      ${options.backbone}, ${count} images, ${engine} on ${device}, ${threads} threads`)
console.log(`      one process: ${(count / alone.seconds).toFixed(1)} images a second`)
console.log(
  `      with helpers: ${(count / helped.seconds).toFixed(1)}; ${onProcessors.toFixed(1)} s on processors`,
)
report(
  'time of one process over with helpers',
  (alone.seconds / helped.seconds).toFixed(2),
  `>= ${fewestTimes}`,
  alone.seconds / helped.seconds >= fewestTimes,
)
report('records that differ', String(different), '0', different === 0)
