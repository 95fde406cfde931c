/**
 * Tells of what changes often: the first time at once, then at most once in `intervalMs`, and of the last change always. A change that is
 * waited for is told `urgentMs` after what was told last.
 *
 * @param tell of which thing
 * @param urgentMs less than `intervalMs`
 */
export function paced(
  tell: (key: string) => void,
  { intervalMs, urgentMs }: { intervalMs: number; urgentMs: number },
): (key: string, isUrgent?: boolean) => void {
  const told = new Map<string, { at: number; timer: ReturnType<typeof setTimeout>; again: boolean }>()

  function tellNow(key: string): void {
    const timer = setTimeout(() => {
      const isWaiting = told.get(key)?.again === true
      told.delete(key)
      if (isWaiting) tellNow(key)
    }, intervalMs)
    told.set(key, { at: performance.now(), timer, again: false })
    tell(key)
  }

  return (key, isUrgent = false) => {
    const last = told.get(key)
    if (last === undefined) return tellNow(key)
    last.again = true
    if (!isUrgent) return
    clearTimeout(last.timer)
    last.timer = setTimeout(() => tellNow(key), last.at + urgentMs - performance.now())
  }
}
