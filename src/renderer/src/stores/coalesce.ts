/**
 * Runs `work` soon after it was asked for, never twice at once, and once more where it was asked for meanwhile: so a
 * burst of events costs one reading, and the last reading is always later than the last event.
 *
 * @param intervalMs Least time between two starts.
 */
export function coalesce(work: () => Promise<unknown>, intervalMs: number): () => void {
  let wanted = false
  let busy = false
  let lastStart = -Infinity

  async function run(): Promise<void> {
    wanted = false
    lastStart = performance.now()
    try {
      await work()
    } catch (error) {
      console.error(error)
    } finally {
      busy = false
      if (wanted) schedule()
    }
  }

  function schedule(): void {
    busy = true
    setTimeout(() => void run(), Math.max(0, lastStart + intervalMs - performance.now()))
  }

  return () => {
    wanted = true
    if (!busy) schedule()
  }
}
