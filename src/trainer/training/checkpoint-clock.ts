/** Checkpoints may take this share of the time: a small model has one each epoch, a large one less often. */
export const checkpointShare = 0.1

/** Says when the next checkpoint is worth its time. */
export interface CheckpointClock {
  readonly isDue: () => boolean
  /** Writes one, and learns how long that takes. */
  readonly measure: (write: () => void) => void
}

export function createCheckpointClock(
  now: () => number = performance.now.bind(performance),
): CheckpointClock {
  let dueAt = -Infinity
  return {
    isDue: () => now() >= dueAt,
    measure(write) {
      const start = now()
      write()
      const end = now()
      dueAt = end + (end - start) * (1 / checkpointShare - 1)
    },
  }
}
