import type { TrainPlan } from '../../contract/train-plan.ts'
import { createRandom } from '../../models/random.ts'

/**
 * The training images of an epoch in the order in which they are met; it derives from seed and epoch alone.
 *
 * - shuffle: every image once
 * - balanced: as many images in all, every class (that has any) equally often but for one; the images of a class are drawn in random order,
 *   all of them before any comes again
 *
 * @param positions of the training images, in the dataset's order
 * @param labels class indexes by position
 * @param epoch 1, 2, …
 */
export function epochOrder(
  { sampling, seed }: Pick<TrainPlan, 'sampling' | 'seed'>,
  positions: readonly number[],
  labels: readonly number[],
  epoch: number,
): number[] {
  const drawn = sampling === 'balanced' ? drawBalanced(seed, positions, labels, epoch) : positions
  const order = createRandom({ seed, purpose: 'shuffle', epoch }).permutation(drawn.length)
  return Array.from(order, (index) => drawn[index] as number)
}

function drawBalanced(
  seed: number,
  positions: readonly number[],
  labels: readonly number[],
  epoch: number,
): number[] {
  const byClass = new Map<number, number[]>()
  for (const position of positions) {
    const label = labels[position] as number
    const members = byClass.get(label)
    if (members === undefined) byClass.set(label, [position])
    else members.push(position)
  }
  const classes = [...byClass].sort(([a], [b]) => a - b)
  // Which classes have one more differs from epoch to epoch.
  const turns = createRandom({ seed, purpose: 'balance', epoch }).permutation(classes.length)
  const most = Math.ceil(positions.length / classes.length)
  const draws = classes.map(([label, members]) => {
    const random = createRandom({ seed, purpose: 'balanced class', epoch, item: label })
    const rounds = Math.ceil(most / members.length)
    return Array.from({ length: rounds }, () =>
      Array.from(random.permutation(members.length), (index) => members[index] as number),
    ).flat()
  })
  return Array.from({ length: positions.length }, (_, index) => {
    const turn = turns[index % classes.length] ?? 0
    return draws[turn]?.[Math.floor(index / classes.length)] as number
  })
}
