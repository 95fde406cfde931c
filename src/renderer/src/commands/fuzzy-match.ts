export interface FuzzyMatch {
  /** Higher is better; comparable between texts for one query. */
  score: number
  /** Indexes in the text, ascending, of what the query found. */
  positions: number[]
}

const wordStart = /[\s/:_.,()（）：、·-]/

/**
 * Finds the letters of a query in a text, in order, wherever they are: beginnings of words, above all of the first, and
 * runs of letters count most, and a short text more than a long one. Case and spaces of the query do not matter.
 *
 * @returns null where a letter is not there; a score of 0 for an empty query
 */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | null {
  const wanted = [...query.toLowerCase().replace(/\s+/g, '')]
  const letters = [...text.toLowerCase()]
  if (wanted.length === 0) return { score: 0, positions: [] }
  if (wanted.length > letters.length) return null

  // best[j]: the best score of the query so far that ends at letter j; `from` remembers where the letter before it was.
  let best = new Array<number>(letters.length).fill(-Infinity)
  const from: number[][] = []
  for (const [at, letter] of wanted.entries()) {
    const next = new Array<number>(letters.length).fill(-Infinity)
    const cameFrom = new Array<number>(letters.length).fill(-1)
    let reached = at === 0 ? 0 : -Infinity
    let reachedAt = -1
    for (let j = at; j < letters.length; j++) {
      const before = j - 1
      if (at > 0) {
        reached -= 0.02
        if ((best[before] as number) - 0.02 > reached) {
          reached = (best[before] as number) - 0.02
          reachedAt = before
        }
      }
      if (letters[j] !== letter) continue
      const own = j === 0 ? 2.5 : wordStart.test(letters[before] as string) ? 2 : 1
      const apart = reached + own
      const inARow = at > 0 ? (best[before] as number) + own + 1.5 : -Infinity
      next[j] = Math.max(apart, inARow)
      cameFrom[j] = inARow >= apart ? before : reachedAt
    }
    from.push(cameFrom)
    best = next
  }

  let end = -1
  for (const [j, score] of best.entries()) if (end < 0 || score > (best[end] as number)) end = j
  if (end < 0 || best[end] === -Infinity) return null
  const positions: number[] = []
  for (let at = wanted.length - 1, j = end; at >= 0; at--) {
    positions.unshift(j)
    j = from[at]?.[j] ?? -1
  }
  return { score: (best[end] as number) - letters.length * 0.01, positions }
}
