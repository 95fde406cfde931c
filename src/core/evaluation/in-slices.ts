import { setImmediate } from 'node:timers/promises'

/** Other requests are let in at least this often. */
const sliceMs = 15

/** Runs work that pauses now and then, and lets other requests in at its pauses. */
export async function inSlices<Value>(work: Generator<undefined, Value>): Promise<Value> {
  let sliceStart = performance.now()
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    if (performance.now() - sliceStart < sliceMs) continue
    await setImmediate()
    sliceStart = performance.now()
  }
}
