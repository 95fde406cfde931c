import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../../contract/errors.ts'
import type { OpenProject } from '../../projects/open-projects.ts'
import { sortKeyOf } from '../../store/tables/images.ts'
import type { ImageTable } from './image-table.ts'
import { keptPerVersion } from './kept-per-version.ts'

/** Names that are made, sorted or merged before others have their turn. */
const namesAtOnce = 4000

/**
 * Places of images in the order of their files' names, at the place of their ids; equal names have the same. Made when it is first asked for, and
 * when images came or went.
 *
 * @throws AppError 'cancelled'
 */
export const nameRanks = keptPerVersion('orderVersion', makeRanks)

async function makeRanks(project: OpenProject, { order, columns }: ImageTable): Promise<Uint32Array> {
  const breathe = async (): Promise<void> => {
    await nextTurn()
    if (!project.database.open)
      throw new AppError('cancelled', 'The project was closed while its images were listed.')
  }
  const names: string[] = []
  for (const id of order) {
    const path = columns.paths[id] as string
    names.push(sortKeyOf(path.slice(path.lastIndexOf('/') + 1)))
    if (names.length % namesAtOnce === 0) await breathe()
  }
  const places = await sortedPlaces(names, breathe)
  const ranks = new Uint32Array(columns.splits.length)
  let rank = 0
  places.forEach((place, index) => {
    if (index > 0 && names[place] !== names[places[index - 1] as number]) rank += 1
    ranks[order[place] as number] = rank
  })
  return ranks
}

/** Places of names in their order: parts are sorted, and then merged two by two, with turns for others in between. */
async function sortedPlaces(names: readonly string[], breathe: () => Promise<void>): Promise<Uint32Array> {
  const nameAt = (place: number): string => names[place] as string
  let from = Uint32Array.from(names.keys())
  for (let start = 0; start < from.length; start += namesAtOnce) {
    from
      .subarray(start, start + namesAtOnce)
      .sort((a, b) => (nameAt(a) < nameAt(b) ? -1 : nameAt(a) > nameAt(b) ? 1 : a - b))
    await breathe()
  }
  for (let width = namesAtOnce; width < from.length; width *= 2) {
    const to = new Uint32Array(from.length)
    for (let start = 0; start < from.length; start += 2 * width) {
      const middle = Math.min(start + width, from.length)
      const end = Math.min(start + 2 * width, from.length)
      let [left, right] = [start, middle]
      for (let at = start; at < end; at += 1) {
        const takesLeft =
          left < middle && (right >= end || nameAt(from[left] as number) <= nameAt(from[right] as number))
        to[at] = from[takesLeft ? left : right] as number
        if (takesLeft) left += 1
        else right += 1
        if (at % (4 * namesAtOnce) === 0) await breathe()
      }
    }
    from = to
  }
  return from
}
