import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { SkippedFile } from '../../../contract/entities.ts'
import type { RequestOutput } from '../../../contract/requests/index.ts'
import { handOver, type GivenFile, type HandedFiles } from '../client/given-files.ts'
import { useClient } from '../client/index.ts'
import { useProjectStore } from './project.ts'

type Prediction = RequestOutput<'predictions.of'>['predictions'][number]

/** A file that a person gave, with what the run says of it. */
export interface PredictedFile {
  readonly id: number
  readonly given: GivenFile
  /** The likeliest classes, the most probable first. */
  readonly top: Prediction['top']
  readonly sure: boolean
}

/** A file that could not be read. */
export interface SkippedGiven {
  readonly given: GivenFile
  readonly reason: SkippedFile['reason']
  readonly detail: string
}

/** How far the files that were given are. */
export interface PredictionProgress {
  readonly done: number
  readonly total: number
  readonly ratePerSecond: number | null
  readonly secondsLeft: number | null
}

/** Files that are sent and predicted together: results come by and by, and the engine is seldom idle. */
const filesAtOnce = 32
const bytesAtOnce = 64 * 2 ** 20
const topClasses = 5
/** Of one command that brings files into the data set. */
const addedAtOnce = 200

/** Pictures that are not of the project, and what one of its runs says of them; they stay while the project is shown. */
export const usePredictionsStore = defineStore('predictions', () => {
  const client = useClient()
  const projects = useProjectStore()

  const runId = ref<string | null>(null)
  const files = shallowRef<readonly PredictedFile[]>([])
  const skipped = shallowRef<readonly SkippedGiven[]>([])
  const progress = shallowRef<PredictionProgress | null>(null)
  const error = shallowRef<unknown>(null)
  /** Of files that are in the data set by now. */
  const addedIds = shallowRef<ReadonlySet<number>>(new Set())
  /** Not predicted yet. */
  let waiting: GivenFile[] = []
  const waitingCount = ref(0)
  let lastId = 0
  let abort = new AbortController()
  let done = 0
  let startedAt = 0

  const count = computed(() => files.value.length + skipped.value.length)

  function setWaiting(next: GivenFile[]): void {
    waiting = next
    waitingCount.value = next.length
  }

  function tell(): void {
    const seconds = (performance.now() - startedAt) / 1000
    const rate = done > 0 && seconds > 0.2 ? done / seconds : null
    progress.value = {
      done,
      total: done + waiting.length,
      ratePerSecond: rate,
      secondsLeft: rate === null ? null : waiting.length / rate,
    }
  }

  /** Predicts files, after those that are under way. */
  async function add(given: readonly GivenFile[]): Promise<void> {
    setWaiting([...waiting, ...given])
    if (progress.value === null) await work()
    else tell()
  }

  /** Goes on with what is waiting. */
  async function work(): Promise<void> {
    const projectId = projects.project?.id
    const run = runId.value
    if (!projectId || run === null || waiting.length === 0) return
    const { signal } = abort
    error.value = null
    done = 0
    startedAt = performance.now()
    tell()
    /** The next part is sent while one is predicted. */
    let next: Part | null = null
    try {
      while (waiting.length > 0 && !signal.aborted) {
        const part: Part = next ?? send(partOf(waiting), signal)
        const handed = await part.handed
        const after = partOf(waiting.slice(part.given.length))
        next = after.length > 0 ? send(after, signal) : null
        try {
          const answer = await client.request('predictions.of', {
            projectId,
            runId: run,
            paths: [...handed.paths],
            top: topClasses,
          })
          if (signal.aborted) break
          take(part.given, handed.paths, answer)
        } finally {
          handed.release()
        }
        done += part.given.length
        setWaiting(waiting.slice(part.given.length))
        tell()
      }
    } catch (thrown) {
      if (!signal.aborted) error.value = thrown
    } finally {
      void next?.handed.then(
        (handed) => handed.release(),
        () => undefined,
      )
      if (!signal.aborted) progress.value = null
    }
  }

  function take(
    given: readonly GivenFile[],
    paths: readonly string[],
    answer: RequestOutput<'predictions.of'>,
  ): void {
    const predictions = new Map(answer.predictions.map((prediction) => [prediction.path, prediction]))
    const problems = new Map(answer.skipped.map((problem) => [problem.path, problem]))
    const found: PredictedFile[] = []
    const unread: SkippedGiven[] = []
    given.forEach((one, index) => {
      const path = paths[index] ?? ''
      const prediction = predictions.get(path)
      const problem = problems.get(path)
      if (prediction) found.push({ id: ++lastId, given: one, top: prediction.top, sure: prediction.sure })
      else if (problem) unread.push({ given: one, reason: problem.reason, detail: problem.detail })
    })
    files.value = [...files.value, ...found]
    if (unread.length > 0) skipped.value = [...skipped.value, ...unread]
  }

  /** Ends what is under way; what is predicted stays. */
  function cancel(): void {
    abort.abort()
    abort = new AbortController()
    setWaiting([])
    progress.value = null
  }

  function clear(): void {
    cancel()
    files.value = []
    skipped.value = []
    addedIds.value = new Set()
    error.value = null
  }

  /** Shows another run's predictions of the same files. */
  async function chooseRun(id: string | null): Promise<void> {
    if (runId.value === id) return
    const given = [
      ...files.value.map((file) => file.given),
      ...skipped.value.map((file) => file.given),
      ...waiting,
    ]
    const added = new Set(files.value.filter((file) => addedIds.value.has(file.id)).map(({ given }) => given))
    clear()
    runId.value = id
    await add(given)
    addedIds.value = new Set(files.value.filter(({ given: one }) => added.has(one)).map((file) => file.id))
  }

  /**
   * Brings files into the data set, with their likeliest class as a suggestion.
   *
   * @param onProgress files that are there
   * @returns how many came, and how many have a suggestion
   */
  async function addToDataset(
    chosen: readonly PredictedFile[],
    onProgress: (done: number) => void,
  ): Promise<{ registered: number; suggested: number }> {
    const projectId = projects.shownId()
    const run = runId.value ?? ''
    const sum = { registered: 0, suggested: 0 }
    for (let first = 0; first < chosen.length; first += addedAtOnce) {
      const part = chosen.slice(first, first + addedAtOnce)
      const handed = await handOver('images', withPlainNames(part.map(({ given }) => given)))
      try {
        const answer = await client.request('predictions.add', {
          projectId,
          runId: run,
          files: part.map(({ given, top }, index) => ({
            path: handed.paths[index] ?? '',
            name: given.name,
            class: top[0]?.class ?? '',
            probability: top[0]?.probability ?? 0,
          })),
        })
        sum.registered += answer.registered
        sum.suggested += answer.suggested
      } finally {
        handed.release()
      }
      addedIds.value = new Set([...addedIds.value, ...part.map(({ id }) => id)])
      onProgress(first + part.length)
    }
    return sum
  }

  watch(
    () => projects.project?.id,
    () => {
      clear()
      runId.value = null
    },
  )

  return {
    runId,
    files,
    skipped,
    progress,
    error,
    addedIds,
    count,
    waitingCount,
    add,
    retry: work,
    cancel,
    clear,
    chooseRun,
    addToDataset,
  }
})

interface Part {
  readonly given: readonly GivenFile[]
  readonly handed: Promise<HandedFiles>
}

function send(given: readonly GivenFile[], signal: AbortSignal): Part {
  const handed = handOver('images', withPlainNames(given), { signal })
  // It is awaited later; until then its error is nobody's.
  handed.catch(() => undefined)
  return { given, handed }
}

/** What is sent together: at least one file. */
function partOf(waiting: readonly GivenFile[]): GivenFile[] {
  const part: GivenFile[] = []
  let bytes = 0
  for (const given of waiting) {
    if (part.length === filesAtOnce || (part.length > 0 && bytes + given.file.size > bytesAtOnce)) break
    part.push(given)
    bytes += given.file.size
  }
  return part
}

/** Two files may have one name, and some names are none on another system: core needs none of them. */
function withPlainNames(given: readonly GivenFile[]): GivenFile[] {
  return given.map(({ file }, index) => ({ file, name: String(index) }))
}
