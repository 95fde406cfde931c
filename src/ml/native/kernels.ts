/** Thaw's own kernels for the native engine, compiled beside TensorFlow's library. Their operations are known to TensorFlow by name. */
export interface NativeKernels {
  /** The update rules of src/ml/optimizers, to the same bits, by all threads. Each changes `values` and its slots in place. */
  readonly sgd: (
    numbers: Float64Array,
    values: Float32Array,
    slopes: Float32Array,
    velocity?: Float32Array,
  ) => void
  readonly adam: (
    numbers: Float64Array,
    values: Float32Array,
    slopes: Float32Array,
    first: Float32Array,
    second: Float32Array,
  ) => void
  readonly rmsprop: (
    numbers: Float64Array,
    values: Float32Array,
    slopes: Float32Array,
    meanSquare: Float32Array,
    velocity?: Float32Array,
  ) => void
}

let provided: NativeKernels | null = null

/** The kernels, where they are loaded; null: TensorFlow's own and plain loops do their work. */
export function nativeKernels(): NativeKernels | null {
  return provided
}

/** Says that the kernels are loaded, or (null) that they are not to be used. */
export function provideNativeKernels(kernels: NativeKernels | null): void {
  provided = kernels
}
