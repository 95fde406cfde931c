import { onBeforeUnmount, shallowRef, watch } from 'vue'
import type { RunCurve } from '../../../contract/entities.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from '../stores/project.ts'
import { isActive, useRunsStore } from '../stores/runs.ts'

/** How often curves of runs that train are read again. */
const refreshMs = 1000
/** Drawn over each other at most: fewer of each curve, the more curves there are. */
const mostPoints = 60_000
const pointsOfCurve = { least: 150, most: 1000 } as const

/** What is wanted of which runs. */
interface CurvesWanted {
  runIds: readonly string[]
  names: readonly string[]
  /** Weight of the past, 0 to below 1. */
  smoothing: number
}

function pointsFor({ runIds, names }: CurvesWanted): number {
  const { least, most } = pointsOfCurve
  return Math.min(most, Math.max(least, Math.floor(mostPoints / (runIds.length * names.length))))
}

/** Curves of many runs, read in one request and kept while the runs are wanted; those of runs that train are read again as they grow. */
export function useRunCurves(wanted: () => CurvesWanted) {
  const client = useClient()
  const projects = useProjectStore()
  const runs = useRunsStore()
  const curves = shallowRef<ReadonlyMap<string, RunCurve>>(new Map())
  const error = shallowRef<unknown>(null)
  const loading = shallowRef(false)
  let asked = 0
  let smoothingRead = 0

  const keyOf = (runId: string, name: string): string => `${runId} ${name}`
  const grown = new Set<string>()

  async function read(runIds: readonly string[], names: readonly string[], smoothing: number): Promise<void> {
    if (runIds.length === 0 || names.length === 0) return
    const turn = (asked += 1)
    loading.value = true
    try {
      const answer = await client.request('runs.curves', {
        projectId: projects.shownId(),
        runIds: [...runIds],
        names: [...names],
        points: pointsFor(wanted()),
        smoothing,
      })
      if (smoothing !== smoothingRead) return
      const next = new Map(curves.value)
      for (const curve of answer.curves) next.set(keyOf(curve.runId, curve.name), curve)
      curves.value = next
      error.value = null
    } catch (thrown) {
      error.value = thrown
    } finally {
      if (turn === asked) loading.value = false
    }
  }

  function readMissing(): void {
    const { runIds, names, smoothing } = wanted()
    if (smoothing !== smoothingRead) curves.value = new Map()
    smoothingRead = smoothing
    const missing = runIds.filter((runId) => names.some((name) => !curves.value.has(keyOf(runId, name))))
    void read(missing, names, smoothing)
  }

  function readGrown(): void {
    const { runIds, names, smoothing } = wanted()
    const again = runIds.filter((runId) => grown.has(runId))
    grown.clear()
    void read(again, names, smoothing)
  }

  watch(
    () => {
      const { runIds, names, smoothing } = wanted()
      return `${runIds.join()} ${names.join()} ${smoothing}`
    },
    readMissing,
    { immediate: true },
  )
  // A run that has just ended has its last points, too.
  const endWatch = client.on('runs.metricLogged', (event) => {
    if (event.projectId === projects.project?.id) grown.add(event.runId)
  })
  const endChanges = client.on('runs.changed', ({ projectId, run }) => {
    if (projectId === projects.project?.id && (isActive(run) || run.resumedFromEpoch !== null))
      grown.add(run.id)
  })
  const endReconnections = client.onReconnected(() => {
    for (const run of runs.active) grown.add(run.id)
  })
  const timer = setInterval(() => grown.size > 0 && readGrown(), refreshMs)
  onBeforeUnmount(() => {
    clearInterval(timer)
    endWatch()
    endChanges()
    endReconnections()
  })

  return {
    /** @returns undefined until it was read */
    curve: (runId: string, name: string): RunCurve | undefined => curves.value.get(keyOf(runId, name)),
    error,
    loading,
    retry: readMissing,
  }
}
