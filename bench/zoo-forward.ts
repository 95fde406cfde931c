/**
 * The forward pass of each backbone, batch 16, in images a second against Keras (`predict_on_batch`) and PyTorch on the same machine. The
 * three take turns within each round, so that other work on the machine meets all of them; the fastest round of each counts.
 *
 *     node bench/zoo-forward.ts [id ...]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import * as tf from '@tensorflow/tfjs-core'
import { createExecutor, createParameters, disposeParameters } from '../src/ml/execute.ts'
import type { Backbone } from '../src/models/backbone.ts'
import { backbones, findBackbone } from '../src/models/catalog.ts'
import { foldBatchNorm } from '../src/models/fold-batch-norm.ts'
import { initializeParameter } from '../src/models/initializers.ts'
import { parametersOf } from '../src/models/shapes.ts'
import { chooseEngine } from '../src/trainer/engines/index.ts'
import { peerPython, peerScript } from './peers.ts'
import { report } from './thaw.ts'
import { peerModels } from './zoo-peers.ts'

const batch = 16
const rounds = 5
const bound = 1.25
/** Each turn runs as many batches as take about this long. */
const turnSeconds = 0.7

/** Runs some batches and answers with the seconds they took. */
type Turn = (batches: number) => Promise<number>

interface Peer {
  readonly prepare: (model: string, size: number) => Promise<Turn>
  readonly end: () => void
}

interface Answer {
  readonly seconds?: number
}

function startPeer(python: string, package_: 'keras' | 'torch'): Peer {
  const child = spawn(python, [peerScript('forward-pass.py'), package_], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'exit').then(() =>
    Promise.reject<[string]>(new Error(`The ${package_} peer ended.`)),
  )
  // Ending by itself, after the last question, is no error.
  ended.catch(() => undefined)
  const ask = async (request: object): Promise<Answer> => {
    const answer = once(lines, 'line') as Promise<[string]>
    child.stdin.write(`${JSON.stringify(request)}\n`)
    const [line] = await Promise.race([answer, ended])
    return JSON.parse(line) as Answer
  }
  return {
    async prepare(model, size) {
      await ask({ model, size, batch })
      return async (batches) => (await ask({ batches })).seconds ?? NaN
    },
    end: () => child.stdin.end(),
  }
}

/** Ours, as a frozen part runs it: normalizations folded. */
function prepareOurs(backbone: Backbone): { turn: Turn; dispose: () => void } {
  const graph = backbone.build()
  const { graph: folded, foldTensors } = foldBatchNorm(graph)
  const specs = parametersOf(graph)
  const values = foldTensors(new Map(specs.map((spec) => [spec.name, initializeParameter(spec, 0)])))
  const parameters = createParameters(parametersOf(folded), values)
  const executor = createExecutor(folded)
  const size = backbone.meta.inputSize
  const pixels = Float32Array.from({ length: batch * size * size * 3 }, (_, index) => Math.sin(index))
  const forward = (): void => {
    const input = tf.tensor(pixels, [batch, size, size, 3])
    const output = executor.infer(input, parameters)
    output.dataSync()
    tf.dispose([input, output])
  }
  forward()
  return {
    turn: (batches) => {
      const start = performance.now()
      for (let count = 0; count < batches; count += 1) forward()
      return Promise.resolve((performance.now() - start) / 1000)
    },
    dispose: () => disposeParameters(parameters),
  }
}

/** Images a second of each contender in its fastest turn. */
async function race(turns: ReadonlyMap<string, Turn>): Promise<Map<string, number>> {
  const best = new Map<string, number>()
  const batches = new Map<string, number>()
  for (const [name, turn] of turns) {
    batches.set(name, Math.max(1, Math.round(turnSeconds / (await turn(1)))))
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, turn] of turns) {
      const count = batches.get(name) ?? 1
      const rate = (count * batch) / (await turn(count))
      best.set(name, Math.max(best.get(name) ?? 0, rate))
      // A peer's threads spin for a while after their work.
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  return best
}

const ids = process.argv.slice(2)
const wanted = ids.length > 0 ? ids.map((id) => findBackbone(id)) : backbones
await chooseEngine('native')
const python = await peerPython()
const keras = python === null ? null : startPeer(python, 'keras')
const torch = python === null ? null : startPeer(python, 'torch')
for (const backbone of wanted) {
  const { id, inputSize } = backbone.meta
  const peers = peerModels[id] ?? {}
  const turns = new Map<string, Turn>()
  const ours = prepareOurs(backbone)
  turns.set('thaw', ours.turn)
  if (keras !== null && peers.keras !== undefined)
    turns.set('keras', await keras.prepare(peers.keras, inputSize))
  if (torch !== null && peers.torch !== undefined)
    turns.set('torch', await torch.prepare(peers.torch, inputSize))
  const rates = await race(turns)
  ours.dispose()
  const own = rates.get('thaw') ?? NaN
  rates.delete('thaw')
  const figures = [
    `${own.toFixed(1)} images/s`,
    ...[...rates].map(([name, rate]) => `${name} ${rate.toFixed(1)}`),
  ]
  const ratio = Math.max(...rates.values()) / own
  if (rates.size === 0) console.log(`      ${id.padEnd(58)} ${figures.join(', ')}; no peer has it`)
  else
    report(
      `${id}: time against the faster of both`,
      `${ratio.toFixed(2)} (${figures.join(', ')})`,
      `<= ${bound}`,
      ratio <= bound,
    )
}
keras?.end()
torch?.end()
