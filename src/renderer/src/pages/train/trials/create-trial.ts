import { computed, shallowRef, watch } from 'vue'
import type { BackgroundJob } from '../../../../../contract/entities.ts'
import type { RequestInput, RequestOutput } from '../../../../../contract/requests/index.ts'
import { AppError } from '../../../../../contract/errors.ts'
import type { TrainPlan } from '../../../../../contract/train-plan.ts'
import { useClient } from '../../../client/index.ts'
import { useJobsStore } from '../../../stores/jobs.ts'
import { useProjectStore } from '../../../stores/project.ts'

/** What tries a plan out without training it, and the kind of its background job. */
const jobKinds = {
  'runs.estimate': 'estimate',
  'runs.findLearningRate': 'learning-rate',
} as const satisfies Record<string, BackgroundJob['kind']>
type TrialRequest = keyof typeof jobKinds

interface Attempt {
  /** Null until core told of the job. */
  jobId: string | null
  cancelled: boolean
}

/**
 * The state of one kind of trial for the shown project: whether it runs and how far it is, its last answer, or why there is none. A cancelled
 * attempt is over at once, and its job is ended as soon as it is known.
 */
export function createTrial<Name extends TrialRequest>(name: Name) {
  const client = useClient()
  const projects = useProjectStore()
  const jobs = useJobsStore()
  const kind = jobKinds[name]

  const current = shallowRef<Attempt | null>(null)
  const jobId = shallowRef<string | null>(null)
  /** `basis` is what the answer holds for, as `start` was told. */
  const outcome = shallowRef<{ basis: string; answer: RequestOutput<Name> } | null>(null)
  const error = shallowRef<unknown>(null)
  /** In the order they were asked for, in which core begins them. */
  let unclaimed: Attempt[] = []
  const known = new Set<string>()

  const running = computed(() => current.value !== null)
  const job = computed(() => (jobId.value === null ? null : (jobs.jobs.get(jobId.value) ?? null)))

  /** Does nothing while one runs. The last answer stays until the next one comes. */
  async function start(plan: TrainPlan, basis: string): Promise<void> {
    const projectId = projects.project?.id
    if (projectId === undefined || current.value !== null) return
    const attempt: Attempt = { jobId: null, cancelled: false }
    for (const other of jobs.running) known.add(other.id)
    unclaimed.push(attempt)
    current.value = attempt
    error.value = null
    try {
      const answer = await client.request(name, { projectId, plan } as RequestInput<Name>)
      if (!attempt.cancelled) outcome.value = { basis, answer }
    } catch (reason) {
      const isCancelled = reason instanceof AppError && reason.code === 'cancelled'
      if (!attempt.cancelled && !isCancelled) error.value = reason
    } finally {
      unclaimed = unclaimed.filter((other) => other !== attempt)
      if (current.value === attempt) release()
    }
  }

  function cancel(): void {
    const attempt = current.value
    if (attempt === null) return
    attempt.cancelled = true
    end(attempt)
    release()
  }

  function end(attempt: Attempt): void {
    const own = attempt.jobId === null ? undefined : jobs.jobs.get(attempt.jobId)
    // Where that fails the job has ended, or its answer cannot come either.
    if (own) jobs.cancel(own).catch(() => undefined)
  }

  function release(): void {
    current.value = null
    jobId.value = null
  }

  function clear(): void {
    cancel()
    outcome.value = null
    error.value = null
  }

  watch(
    () => jobs.running,
    (all) => {
      for (const { id, kind: itsKind } of all) {
        if (itsKind !== kind || known.has(id)) continue
        known.add(id)
        const attempt = unclaimed.shift()
        if (attempt === undefined) continue
        attempt.jobId = id
        if (attempt.cancelled) end(attempt)
        else if (attempt === current.value) jobId.value = id
      }
    },
    { flush: 'sync' },
  )
  watch(() => projects.project?.id, clear, { flush: 'sync' })

  return { running, job, outcome, error, start, cancel, clear }
}
