import type { EngineId } from '../../contract/engine-ids.ts'

/** What an engine says of itself once it is loaded; kept with each run. */
export interface LoadedEngine {
  /** What computes, such as `CPU, Intel(R) Xeon(R)` or the name of a graphics adapter. */
  device: string
  /** Of TensorFlow on the native engine, of TensorFlow.js on the others. */
  version: string
  /** Threads of one operation. Results are bit-equal between processes only where this is the same. */
  threads: number
}

export interface LoadOptions {
  /** Take an adapter that is a program (SwiftShader): right, but slower than wasm. */
  allowSoftware: boolean
}

/** A way to compute. `load` makes it the current backend of TensorFlow.js. */
export interface Engine {
  id: EngineId
  /** @throws AppError engine-unavailable with the reason. */
  load(options: LoadOptions): Promise<LoadedEngine>
}
