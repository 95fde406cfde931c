import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue'
import type { MetricRow, Run, RunProgress, RunSamples } from '../../../contract/entities.ts'
import type { TrainPlan } from '../../../contract/train-plan.ts'
import type { RequestInput, RequestOutput } from '../../../contract/requests/index.ts'
import { useClient } from '../client/index.ts'
import { paced } from './paced.ts'
import { useProjectStore } from './project.ts'
import { createRunCurves, takeAnswer, takeRows, type RunCurves } from './run-curves.ts'

/** So a point is seen soon, that of an epoch sooner, and a run of thousands of short epochs leaves time for the rest of the page. */
const growth = { intervalMs: 100, urgentMs: 25 } as const
/** Of what else an epoch changes: where epochs are short, each would render the page several times in one frame. */
const epochNews = { intervalMs: 100, urgentMs: 25 } as const
/** Rows in one answer: more would hold the page up while they are read. */
const rowsAtOnce = 4000

/** The shown project's runs, their progress, and the curves of those that are looked at. */
export const useRunsStore = defineStore('runs', () => {
  const client = useClient()
  const projects = useProjectStore()
  const byId = shallowRef<ReadonlyMap<string, Run>>(new Map())
  const progressById = shallowRef<ReadonlyMap<string, RunProgress>>(new Map())
  /** What runs say of the images that they follow, where it is known. */
  const samplesById = shallowRef<ReadonlyMap<string, RunSamples>>(new Map())
  const loaded = ref(false)
  const error = shallowRef<unknown>(null)

  /** Rises when a run's curves grew; read it where curves are read. */
  const versions = shallowReactive(new Map<string, number>())
  /** Rises when they grew by more than batches' points: read it where batches do not matter. */
  const epochVersions = shallowReactive(new Map<string, number>())
  const epochsGrew = new Set<string>()
  const curvesById = new Map<string, RunCurves>()
  const watchers = new Map<string, number>()
  const fetching = new Set<string>()
  const tellGrowth = paced((runId) => {
    versions.set(runId, (versions.get(runId) ?? 0) + 1)
    if (epochsGrew.delete(runId)) epochVersions.set(runId, (epochVersions.get(runId) ?? 0) + 1)
  }, growth)
  /** What was told and is not shown yet. */
  const runsWaiting = new Map<string, Run>()
  const samplesWaiting = new Map<string, RunSamples>()
  const showRun = paced((runId) => {
    const run = runsWaiting.get(runId)
    if (run) put(run)
  }, epochNews)
  const showSamples = paced((runId) => {
    const samples = samplesWaiting.get(runId)
    if (samples) putSamples(runId, samples)
  }, epochNews)
  const notices = shallowRef<RequestOutput<'runs.start'>['notices']>([])

  /** Newest first. */
  const newestFirst = computed(() => [...byId.value.values()].sort((a, b) => b.createdAt - a.createdAt))
  const active = computed(() => newestFirst.value.filter((run) => isActive(run)))

  function put(run: Run): void {
    // What waits was told before it.
    runsWaiting.delete(run.id)
    byId.value = new Map(byId.value).set(run.id, run)
  }

  function putProgress(progress: RunProgress): void {
    progressById.value = new Map(progressById.value).set(progress.runId, progress)
  }

  function putSamples(runId: string, samples: RunSamples): void {
    samplesWaiting.delete(runId)
    samplesById.value = new Map(samplesById.value).set(runId, samples)
  }

  /** Shows what becomes of a run at once, and how it goes on soon. */
  function takeChanged(run: Run): void {
    if (byId.value.get(run.id)?.status !== run.status) return put(run)
    runsWaiting.set(run.id, run)
    showRun(run.id)
  }

  function drop(runId: string): void {
    runsWaiting.delete(runId)
    samplesWaiting.delete(runId)
    const next = new Map(byId.value)
    next.delete(runId)
    byId.value = next
    const nextProgress = new Map(progressById.value)
    nextProgress.delete(runId)
    progressById.value = nextProgress
    forgetCurves(runId)
  }

  function forgetCurves(runId: string): void {
    if (curvesById.delete(runId)) grow(runId)
  }

  function grow(runId: string): void {
    epochsGrew.add(runId)
    tellGrowth(runId)
  }

  function curvesFor(runId: string): RunCurves {
    let curves = curvesById.get(runId)
    if (curves === undefined) {
      curves = createRunCurves()
      curvesById.set(runId, curves)
    }
    return curves
  }

  /** Asks for the rows after the last, until none is missing before one that came. */
  async function catchUp(runId: string): Promise<void> {
    if (fetching.has(runId)) return
    fetching.add(runId)
    const id = projects.shownId()
    try {
      for (let gap = true; gap;) {
        const curves = curvesFor(runId)
        const before = curves.lastSeq
        const { rows } = await client.request('runs.metrics', {
          projectId: id,
          runId,
          afterSeq: before,
          limit: rowsAtOnce,
        })
        if (projects.project?.id !== id || curvesById.get(runId) !== curves) return
        const taken = takeAnswer(curves, rows)
        if (taken.added > 0) grow(runId)
        // An answer that brought nothing, with rows still early, was read before they were stored.
        gap = (taken.gap && curves.lastSeq > before) || rows.length === rowsAtOnce
      }
    } finally {
      fetching.delete(runId)
    }
  }

  function receive(runId: string, rows: readonly MetricRow[]): void {
    if (!watchers.has(runId)) return
    const taken = takeRows(curvesFor(runId), rows)
    if (taken.added > 0) {
      const isMore = rows.some(({ name }) => !name.startsWith('batch/'))
      if (isMore) epochsGrew.add(runId)
      tellGrowth(runId, isMore)
    }
    if (taken.gap) void catchUp(runId).catch(console.error)
  }

  /**
   * Reads a run, its progress and the part of its curves that is not here.
   *
   * @throws AppError 'run-not-found'
   */
  async function load(runId: string): Promise<void> {
    const id = projects.shownId()
    const answer = await client.request('runs.get', { projectId: id, runId })
    if (projects.project?.id !== id) return
    put(answer.run)
    if (answer.progress) putProgress(answer.progress)
    if (answer.samples) putSamples(runId, answer.samples)
    await catchUp(runId)
  }

  /** Takes in a run's rows as they are published, until the returned function is called. */
  function follow(runId: string): () => void {
    watchers.set(runId, (watchers.get(runId) ?? 0) + 1)
    let following = true
    return () => {
      if (!following) return
      following = false
      const left = (watchers.get(runId) ?? 1) - 1
      if (left > 0) watchers.set(runId, left)
      else watchers.delete(runId)
    }
  }

  async function loadList(): Promise<void> {
    const id = projects.project?.id
    if (!id) return
    try {
      const answer = await client.request('runs.list', { projectId: id })
      if (projects.project?.id !== id) return
      runsWaiting.clear()
      byId.value = new Map(answer.runs.map((run) => [run.id, run]))
      loaded.value = true
      error.value = null
    } catch (thrown) {
      error.value = thrown
    }
  }

  /** @throws AppError as core has it */
  async function start(plan: TrainPlan, name?: string): Promise<Run> {
    const answer = await client.request('runs.start', {
      projectId: projects.shownId(),
      plan,
      ...(name ? { name } : {}),
    })
    put(answer.run)
    notices.value = answer.notices
    return answer.run
  }

  /** Begins a run by a recipe's name, and with a ladder a group of them. @throws AppError as core has it */
  async function startRecipe(
    input: Omit<RequestInput<'runs.startRecipe'>, 'projectId'>,
  ): Promise<RequestOutput<'runs.startRecipe'>> {
    const answer = await client.request('runs.startRecipe', { projectId: projects.shownId(), ...input })
    put(answer.run)
    notices.value = answer.notices
    return answer
  }

  /** Goes on with a run that ended early. @throws AppError 'run-not-resumable', 'weights-missing', 'project-damaged' */
  async function resume(runId: string): Promise<void> {
    takeStarted(await client.request('runs.resume', { projectId: projects.shownId(), runId }))
  }

  /** Trains a run that has ended until it has so many epochs. @throws AppError as `resume` */
  async function extend(runId: string, epochs: number): Promise<void> {
    takeStarted(await client.request('runs.extend', { projectId: projects.shownId(), runId, epochs }))
  }

  function takeStarted(answer: RequestOutput<'runs.resume'>): void {
    // What the last training said of its progress is not true of this one.
    const progress = new Map(progressById.value)
    progress.delete(answer.run.id)
    progressById.value = progress
    put(answer.run)
    notices.value = answer.notices
  }

  async function stop(runId: string): Promise<void> {
    await client.request('runs.stop', { projectId: projects.shownId(), runId })
  }

  /** Ends it at once, without a model. */
  async function cancel(runId: string): Promise<void> {
    await client.request('runs.cancel', { projectId: projects.shownId(), runId })
  }

  async function pause(runId: string): Promise<void> {
    put(await client.request('runs.pause', { projectId: projects.shownId(), runId }))
  }

  /** Lets a paused run go on. */
  async function unpause(runId: string): Promise<void> {
    put(await client.request('runs.continue', { projectId: projects.shownId(), runId }))
  }

  async function rename(runId: string, name: string): Promise<void> {
    put(await client.request('runs.rename', { projectId: projects.shownId(), runId, name }))
  }

  /** It can be brought back for a while. */
  async function remove(runId: string): Promise<void> {
    await client.request('runs.delete', { projectId: projects.shownId(), runId })
    drop(runId)
  }

  /** Brings a deleted run back. @throws AppError 'run-not-found' where it is gone for good */
  async function restore(runId: string): Promise<void> {
    put(await client.request('runs.restore', { projectId: projects.shownId(), runId }))
  }

  async function listDeleted(): Promise<RequestOutput<'runs.listDeleted'>['runs']> {
    return (await client.request('runs.listDeleted', { projectId: projects.shownId() })).runs
  }

  /** Pins, archives, tags or notes; what is not named stays. */
  async function mark(
    runIds: readonly string[],
    marks: Omit<RequestInput<'runs.mark'>, 'projectId' | 'runIds'>,
  ): Promise<void> {
    const answer = await client.request('runs.mark', {
      projectId: projects.shownId(),
      runIds: [...runIds],
      ...marks,
    })
    for (const run of answer.runs) runsWaiting.delete(run.id)
    byId.value = new Map([...byId.value, ...answer.runs.map((run) => [run.id, run] as const)])
  }

  client.on('runs.changed', (event) => {
    if (event.projectId === projects.project?.id) takeChanged(event.run)
  })
  client.on('runs.deleted', (event) => {
    if (event.projectId === projects.project?.id) drop(event.runId)
  })
  client.on('runs.progress', (event) => {
    if (event.projectId === projects.project?.id) putProgress(event.progress)
  })
  client.on('runs.samples', (event) => {
    if (event.projectId !== projects.project?.id || !watchers.has(event.runId)) return
    samplesWaiting.set(event.runId, event.samples)
    showSamples(event.runId)
  })
  client.on('runs.metricLogged', (event) => {
    if (event.projectId === projects.project?.id) receive(event.runId, event.rows)
  })
  client.onReconnected(() => {
    void loadList()
    for (const runId of watchers.keys()) void load(runId).catch(console.error)
  })
  watch(
    () => projects.project?.id,
    () => {
      runsWaiting.clear()
      samplesWaiting.clear()
      byId.value = new Map()
      progressById.value = new Map()
      samplesById.value = new Map()
      loaded.value = false
      error.value = null
      notices.value = []
      for (const runId of [...curvesById.keys()]) forgetCurves(runId)
      void loadList()
    },
    { immediate: true },
  )

  return {
    byId,
    progressById,
    samplesById,
    newestFirst,
    active,
    loaded,
    error,
    versions,
    epochVersions,
    notices,
    /** Not reactive: read `versions` beside it. */
    curves: (runId: string): RunCurves | undefined => curvesById.get(runId),
    load,
    follow,
    catchUp,
    loadList,
    start,
    startRecipe,
    resume,
    extend,
    stop,
    cancel,
    pause,
    unpause,
    rename,
    remove,
    restore,
    listDeleted,
    mark,
  }
})

/** Whether a run has not ended. */
export function isActive(run: Run): boolean {
  return run.status === 'queued' || run.status === 'running' || run.status === 'paused'
}
