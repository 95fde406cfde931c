/** Fills a feature cache, slowly, until it is killed: `fill-cache.ts <manifest> <cache folder>`. */
import { setTimeout as delay } from 'node:timers/promises'
import { readManifest } from '../../src/trainer/dataset.ts'
import { openRecordSource } from '../../src/trainer/records/record-source.ts'
import { chooseEngine, testEngine } from '../ml/engine.ts'
import { quietContext, smallPart } from './small-part.ts'

const [manifestPath = '', folder = ''] = process.argv.slice(2)
const { images } = await readManifest(manifestPath)
await chooseEngine(testEngine)
const part = smallPart()
const slow = {
  ...part,
  batchSize: 4,
  async compute(pixels: readonly Uint8Array[]) {
    await delay(150)
    return part.compute(pixels)
  },
}
await openRecordSource(images, slow, { folder, memoryBudgetBytes: 1e9, diskBudgetBytes: 1e9 }, quietContext())
