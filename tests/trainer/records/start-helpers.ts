/** Starts two helpers, tells when they can compute, and waits to be killed. */
import { setTimeout as delay } from 'node:timers/promises'
import { startHelpers } from '../../../src/trainer/records/helpers/start-helpers.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { smallPart } from '../small-part.ts'

await chooseEngine(testEngine)
const helpers = startHelpers({ part: smallPart(), augmenter: null }, { count: 2, threads: 1 })
while (!helpers.isReady()) await delay(20)
process.send?.('ready')
setInterval(() => {}, 1000)
