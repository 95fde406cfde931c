import { availableParallelism, freemem } from 'node:os'
import { usesGpu } from '../../../ml/native/backend.ts'
import { elementCount, inferShapes, parametersOf } from '../../../models/shapes.ts'
import type { FrozenPart } from '../../frozen-part.ts'

/** How many helpers compute a part (0: none), and by how many threads each. */
export interface HelperPlan {
  readonly count: number
  readonly threads: number
}

const none: HelperPlan = { count: 0, threads: 0 }

/** More take more memory than time. */
const mostHelpers = 4
/** A process with TensorFlow and nothing computed yet. */
const processBytes = 300 * 2 ** 20
/** Maps of a batch that are there at once, of the largest size: what goes in, what comes out, and a shortcut around both. */
const mapsAtOnce = 3
/** What is left to everything else on the machine. */
const shareOfMemory = 0.5

/**
 * As many helpers as share the processors well: an operation that two threads share leaves each idle at its ends (EfficientNet-Lite0 at 224,
 * on two processors: 111 images a second by two threads, 156 by two processes). None on a graphics card, on one processor, and where memory
 * is short.
 */
export function helpersFor({ options, batchSize, isPixels }: FrozenPart): HelperPlan {
  const { engine, graph } = options
  if (isPixels || engine === 'webgpu' || (engine === 'native' && usesGpu())) return none
  // What the person allows TensorFlow holds for all of its processes.
  const processors = Number(process.env.TF_NUM_INTRAOP_THREADS) || availableParallelism()
  const mapBytes = 4 * batchSize * Math.max(...[...inferShapes(graph).values()].map(elementCount))
  const weightBytes = 4 * parametersOf(graph).reduce((sum, { shape }) => sum + elementCount(shape), 0)
  const helperBytes = processBytes + mapsAtOnce * mapBytes + weightBytes
  const count = Math.min(processors, mostHelpers, Math.floor((freemem() * shareOfMemory) / helperBytes))
  return count < 2 ? none : { count, threads: Math.floor(processors / count) }
}
