import { onBeforeUnmount, shallowRef, watch } from 'vue'
import type { Split } from '../../../../contract/entities.ts'
import { splitNames } from '../../../../contract/entities.ts'
import { useClient } from '../../client/index.ts'
import { coalesce } from '../../stores/coalesce.ts'
import { useProjectStore } from '../../stores/project.ts'
import { crossCount, type TrainingData } from './training-data.ts'

/** Beyond these the split of each class is not counted: it would cost too many ids. */
const mostClasses = 100
const mostImages = 60_000
const reloadIntervalMs = 800

/** The labelled images of the shown project by class and split, kept up to date. */
export function useTrainingData() {
  const client = useClient()
  const projects = useProjectStore()
  const data = shallowRef<TrainingData | null>(null)
  const error = shallowRef<unknown>(null)

  async function load(): Promise<void> {
    const projectId = projects.project?.id
    if (!projectId) return
    try {
      const [counts, stats, { classes: list }] = await Promise.all([
        client.request('images.counts', { projectId }),
        client.request('projects.stats', { projectId }),
        client.request('classes.list', { projectId }),
      ])
      const sizes = new Map(counts.byClass.map(({ classId, count }) => [classId, count]))
      const status = new Map(counts.byStatus.map((entry) => [entry.status, entry.count]))
      const countable = list.length <= mostClasses && counts.total <= mostImages
      const classSplits = countable
        ? await countSplits(
            projectId,
            list.map(({ id }) => id),
          )
        : null
      if (projects.project?.id !== projectId) return
      const splits = { train: 0, validation: 0, test: 0, none: 0 }
      if (classSplits) {
        for (const counted of classSplits) for (const split of splitNames) splits[split] += counted[split]
        splits.none = stats.labelled - splits.train - splits.validation - splits.test
      } else Object.assign(splits, stats.splits)
      data.value = {
        classes: list.map(({ id, name, color }, index) => ({
          name,
          color,
          total: sizes.get(id) ?? 0,
          splits: classSplits?.[index] ?? null,
        })),
        labelled: stats.labelled,
        unlabelled: stats.images - stats.labelled,
        splits,
        pending: stats.pending,
        unusable: (status.get('missing') ?? 0) + (status.get('unreadable') ?? 0),
      }
      error.value = null
    } catch (thrown) {
      error.value = thrown
    }
  }

  async function countSplits(projectId: string, classIds: number[]): Promise<Record<Split, number>[]> {
    const idsOf = async (filter: { classIds?: number[]; splits?: Split[] }) =>
      (await client.request('images.ids', { projectId, filter })).ids
    const [splitIds, ids] = await Promise.all([
      Promise.all(splitNames.map((split) => idsOf({ splits: [split] }))),
      Promise.all(classIds.map((id) => idsOf({ classIds: [id] }))),
    ])
    const [train = [], validation = [], test = []] = splitIds
    return crossCount(ids, { train, validation, test })
  }

  const reload = coalesce(load, reloadIntervalMs)
  const ends = (
    ['classes.changed', 'images.listChanged', 'images.changed', 'images.importFinished'] as const
  ).map((name) =>
    client.on(name, (event) => {
      if (event.projectId === projects.project?.id) reload()
    }),
  )
  ends.push(client.onReconnected(reload))
  onBeforeUnmount(() => ends.forEach((end) => end()))
  watch(
    () => projects.project?.id,
    () => {
      data.value = null
      void load()
    },
    { immediate: true },
  )

  return { data, error, reload: load }
}
