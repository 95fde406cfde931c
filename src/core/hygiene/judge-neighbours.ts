/** Share of neighbours of one other class less the share of its own from which on an image is odd, unless a person says otherwise. @see bench/odd-neighbours.ts */
export const usualMargin = 0.5
/** Fewer neighbours say nothing. */
const fewestNeighbours = 5
/** Of smaller classes no image has neighbours enough of its own. */
const smallestClass = 3

/** What neighbours say of an image's class. */
export interface Judgement {
  /** The other class that most of them have. */
  classId: number
  /** Share of the neighbours of that class less the share of the image's own: -1 to 1. */
  margin: number
}

/**
 * Judges the label of an image by those of its nearest labelled neighbours.
 *
 * @param own classes of the image
 * @param neighbours classes of each neighbour, the nearest first; of them as many are asked as the root of all labelled images, which are neighbours
 *   still where there are few, and of a small class no more than half of them could be of it
 * @param labelled how many images have a label
 * @param sizeOf how many images have a class
 * @returns null where too little is known, or no neighbour is of another class
 * @see D. L. Wilson, Asymptotic properties of nearest neighbor rules using edited data, 1972, where an image is edited out when most of its
 *   neighbours disagree; R. O. Duda, P. E. Hart, Pattern classification and scene analysis, 1973, for the root
 */
export function judgeNeighbours(
  own: readonly number[],
  neighbours: readonly (readonly number[])[],
  labelled: number,
  sizeOf: (classId: number) => number,
): Judgement | null {
  const size = Math.max(...own.map(sizeOf))
  if (size < smallestClass || neighbours.length < fewestNeighbours) return null
  const most = Math.max(fewestNeighbours, Math.min(Math.round(Math.sqrt(labelled)), 2 * (size - 1)))
  const asked = neighbours.slice(0, most)
  const votes = new Map<number, number>()
  let ofOwn = 0
  for (const theirs of asked) {
    if (theirs.some((classId) => own.includes(classId))) ofOwn += 1
    else for (const classId of theirs) votes.set(classId, (votes.get(classId) ?? 0) + 1)
  }
  let best = -1
  let votesOfBest = 0
  for (const [classId, count] of votes) {
    if (count > votesOfBest) {
      votesOfBest = count
      best = classId
    }
  }
  return votesOfBest === 0 ? null : { classId: best, margin: (votesOfBest - ofOwn) / asked.length }
}
