import { rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../contract/errors.ts'
import { ownBackboneIdOf } from '../../contract/own-backbone.ts'
import type { RequestOutput, RequestParsedInput } from '../../contract/requests/index.ts'
import { inferShapes } from '../../models/shapes.ts'
import type { CoreContext } from '../context.ts'
import { checkModelId, checkSameLayers } from '../own-backbones/check-new-model.ts'
import {
  backboneOf,
  listOwnBackbones,
  readOwnBackbone,
  weightsFolder,
} from '../own-backbones/own-backbones.ts'
import { launchNodeProcess } from '../processes/launch-node-process.ts'
import { entriesOf } from '../storage/folder-bytes.ts'
import { toAppError } from '../store/to-app-error.ts'
import { isUploadFolder } from '../uploads/uploads.ts'
import type { ConvertedWeights } from '../weights/convert-weights.ts'
import { runConversion } from '../weights/run-conversion.ts'
import { addedWeightsStore } from './added-weights.ts'

type Deps = Pick<CoreContext, 'dataDir' | 'launchWeights' | 'publish' | 'log'>

/** Files of weights that are being added. */
export interface WeightsAdditions {
  /** @throws AppError 'invalid-input' where weights of that backbone are being added already, and as `backbones.add` */
  add(id: string, file: string): Promise<RequestOutput<'backbones.add'>>
  /** @throws AppError as `add`, and as `backbones.addModel` */
  addModel(model: RequestParsedInput<'backbones.addModel'>): Promise<RequestOutput<'backbones.addModel'>>
  cancel(id: string): void
  /** @throws AppError as `backbones.recognize` */
  recognize(file: string): Promise<RequestOutput<'backbones.recognize'>>
  /** Cancels all. */
  close(): Promise<void>
}

/** Of a TensorFlow.js model, which is always `model.json`, with its folder where a person named that. */
function shownName(dataDir: string, file: string): string {
  const [name, folder] = [basename(file), dirname(file)]
  return name === 'model.json' && !isUploadFolder(dataDir, folder) ? join(basename(folder), name) : name
}

/** One file at a time, as each takes memory of its size. */
export function createWeightsAdditions(deps: Deps): WeightsAdditions {
  const { dataDir, publish } = deps
  const store = addedWeightsStore(dataDir)
  const current = new Map<string, AbortController>()
  let last: Promise<unknown> = Promise.resolve()
  const closing = new AbortController()
  const launch = () =>
    deps.launchWeights ?? launchNodeProcess(join(import.meta.dirname, '../weights/conversion-process.ts'))

  /** What is to be read, and where it is written until it is whole. */
  interface Turn {
    readonly folder: string
    readonly options: { signal: AbortSignal; onProgress: (done: number, total: number) => void }
  }

  async function inTurn<Result>(id: string, work: (turn: Turn) => Promise<Result>): Promise<Result> {
    if (current.has(id)) {
      throw new AppError(
        'invalid-input',
        `Weights of ${id} are being added already. Wait until that has ended, or cancel it.`,
        { id },
      )
    }
    const abort = new AbortController()
    current.set(id, abort)
    try {
      const turn = last.then(() => inIncomingFolder(id, abort.signal, work))
      last = turn.catch(() => {})
      const result = await turn
      publish('backbones.changed', { id })
      return result
    } finally {
      current.delete(id)
    }
  }

  async function inIncomingFolder<Result>(
    id: string,
    signal: AbortSignal,
    work: (turn: Turn) => Promise<Result>,
  ): Promise<Result> {
    const folder = store.makeIncoming(id)
    const onProgress = (done: number, total: number): void => {
      const measured = { bytesPerSecond: null, secondsLeft: null }
      publish('backbones.progress', { id, step: 'adding', done, total, ...measured })
    }
    try {
      return await work({ folder, options: { signal, onProgress } })
    } catch (error) {
      throw toAppError(error, folder)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** Puts what was read into its place, and tells of it. */
  function install(
    id: string,
    file: string,
    folder: string,
    converted: ConvertedWeights,
  ): RequestOutput<'backbones.add'> {
    const { sha256, tensors, layersMatched, bytes, format, convention, hasClassifier, dropped } = converted
    const known = { sha256, format, convention, bytes, hasClassifier }
    store.install(id, folder, { ...known, file: shownName(dataDir, file), addedAt: Date.now() })
    return { id, ...known, tensors, layersMatched, dropped: [...dropped] }
  }

  return {
    async add(id, file) {
      const { own } = backboneOf(dataDir, id)
      return inTurn(id, async ({ folder, options }) => {
        const command = { type: 'convert', path: file, backbone: id, own, folder } as const
        return install(id, file, folder, await runConversion(launch(), command, options))
      })
    },
    async addModel({ file, id: named, preprocessing, featureLayer }) {
      const id = named ?? ownBackboneIdOf(file)
      checkModelId(id)
      try {
        return await inTurn(id, async ({ folder, options }) => {
          const choices = { id, isNamed: named !== undefined, preprocessing, featureLayer }
          const command = { type: 'convertModel', path: file, choices, folder } as const
          const converted = await runConversion(launch(), command, options)
          checkSameLayers(readOwnBackbone(weightsFolder(dataDir, id)), converted.own)
          const added = install(id, file, folder, converted)
          const { graph, inputSize, fixedSize, preprocessing: prepared } = converted.own
          return {
            ...added,
            featureLayer: graph.output,
            featureShape: [...(inferShapes(graph).get(graph.output) ?? [])],
            layers: graph.nodes.length,
            inputSize,
            fixedSize,
            preprocessing: prepared,
          }
        })
      } finally {
        // Of a model that was refused nothing stays.
        const folder = weightsFolder(dataDir, id)
        if (entriesOf(folder).length === 0) rmSync(folder, { recursive: true, force: true })
      }
    },
    cancel(id) {
      const adding = current.get(id)
      if (adding) adding.abort()
      else backboneOf(dataDir, id)
    },
    // Only names and shapes are read, so it need not wait for its turn.
    async recognize(file) {
      const { own } = listOwnBackbones(dataDir)
      const command = { type: 'recognize', path: file, own } as const
      const { format, tensors, backbones } = await runConversion(launch(), command, {
        signal: closing.signal,
      })
      return { format, tensors, backbones: [...backbones] }
    },
    async close() {
      closing.abort()
      for (const abort of current.values()) abort.abort()
      await last
    },
  }
}
