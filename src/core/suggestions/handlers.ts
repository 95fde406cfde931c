import type { EventName, EventPayload } from '../../contract/events.ts'
import { AppError } from '../../contract/errors.ts'
import type { SuggestionsStatus } from '../../contract/suggestions.ts'
import type { CoreContext, Handlers } from '../context.ts'
import type { Trainers } from '../processes/trainers.ts'
import type { OpenProject } from '../projects/open-projects.ts'
import { requireModel } from '../runs/run-model.ts'
import { findRun } from '../runs/stored-runs.ts'
import type { GivenSuggestionRow } from '../store/tables/given-suggestions.ts'
import { acceptSuggestions } from './accept-suggestions.ts'
import { imagesAlike } from './alike.ts'
import { createBackgroundHead, type BackgroundHead, type HeadTiming } from './background-head.ts'
import { cachedFeatures } from './cached-features.ts'
import { expectedAccuracy } from './expected-accuracy.ts'
import { countGivenSuggestions, storeGivenSuggestions } from './given-suggestions.ts'
import { readProposals } from './image-predictions.ts'
import { nextSuggestions } from './next-suggestions.ts'
import { imagesPerHour, recentLabelCommands } from './pace.ts'
import {
  readChosenRun,
  readEnabled,
  newestFeatures,
  readHead,
  storeChosenRun,
  storeEnabled,
  type FeaturesOf,
  type StoredHead,
} from './stored-head.ts'

type SuggestionsRequest =
  | 'suggestions.status'
  | 'suggestions.setEnabled'
  | 'suggestions.setRun'
  | 'suggestions.next'
  | 'suggestions.of'
  | 'suggestions.alike'
  | 'suggestions.compare'
  | 'suggestions.stop'
  | 'suggestions.accept'

export interface SuggestionsArea {
  handlers: Handlers<SuggestionsRequest>
  /** To be called with every event: heads follow what was committed. */
  heed<Name extends EventName>(name: Name, payload: EventPayload<Name>): void
  features: FeaturesOf
  /** Proposes classes for images, until these have a label. */
  give(project: OpenProject, given: readonly GivenSuggestionRow[]): void
  /** Ends what is being fit. */
  close(): Promise<void>
}

interface ProjectSuggestions {
  head: BackgroundHead
  /** Whoever waits for features that are being computed. */
  waiting: Set<(done: number, total: number) => void>
}

/** What may change what a head knows, or when it may be fit. */
const heeded: ReadonlySet<EventName> = new Set([
  'images.changed',
  'images.listChanged',
  'images.importFinished',
  'classes.changed',
  'runs.changed',
  'runs.deleted',
] satisfies EventName[])

/** Which images to label next, and as what. */
export function createSuggestionsArea(
  context: CoreContext,
  trainers: Trainers,
  timing?: HeadTiming,
): SuggestionsArea {
  const { projects } = context
  const open = new Map<OpenProject, ProjectSuggestions>()

  projects.onOpen((project) => {
    if (readEnabled(project)) of(project).head.schedule()
  })
  projects.onClose(async (project) => {
    await open.get(project)?.head.stop()
    open.delete(project)
  })

  function of(project: OpenProject): ProjectSuggestions {
    const known = open.get(project)
    if (known) return known
    const onChange = (): void => {
      if (!open.has(project) || !project.database.open) return
      const { progress } = made.head.work()
      if (progress?.phase === 'features') for (const tell of made.waiting) tell(progress.done, progress.total)
      context.publish('suggestions.changed', { projectId: project.id, status: statusOf(project) })
    }
    const made: ProjectSuggestions = {
      head: createBackgroundHead({ ...context, trainers, onChange, timing }, project),
      waiting: new Set(),
    }
    open.set(project, made)
    return made
  }

  function statusOf(project: OpenProject): SuggestionsStatus {
    const head = readHead(project)
    return {
      enabled: readEnabled(project),
      runId: readChosenRun(project)?.id ?? null,
      ...of(project).head.work(),
      head: head && publicHead(head),
      given: countGivenSuggestions(project),
      imagesPerHour: imagesPerHour(recentLabelCommands(project, Date.now())),
      // More labels teach a run nothing until it is trained again.
      expected: head && head.source !== 'run' ? expectedAccuracy(head.curve) : null,
    }
  }

  /** Reduced features of all images; those of a head that knows other labels do as well. */
  async function compare(project: OpenProject): Promise<number> {
    const known = cachedFeatures(project)
    const ready = project.database
      .prepare<[], number>(
        "SELECT id FROM images WHERE removed_at IS NULL AND status = 'ready' AND sha256 IS NOT NULL",
      )
      .pluck()
      .all()
    if (!known || ready.some((id) => !known.rowOf.has(id))) await of(project).head.refresh()
    return ready.length
  }

  return {
    handlers: {
      'suggestions.status': ({ projectId }) => statusOf(projects.get(projectId)),
      async 'suggestions.setEnabled'({ projectId, enabled }) {
        const project = projects.get(projectId)
        storeEnabled(project, enabled)
        const { head } = of(project)
        if (enabled) head.schedule()
        else await head.stop()
        const status = statusOf(project)
        context.publish('suggestions.changed', { projectId, status })
        return status
      },
      'suggestions.setRun'({ projectId, runId }) {
        const project = projects.get(projectId)
        if (runId !== null) requireModel(findRun(project, runId))
        storeChosenRun(project, runId)
        if (readEnabled(project)) of(project).head.schedule()
        const status = statusOf(project)
        context.publish('suggestions.changed', { projectId, status })
        return status
      },
      async 'suggestions.next'(input) {
        const project = projects.get(input.projectId)
        if (input.fresh) await of(project).head.refresh()
        return nextSuggestions(project, input, cachedFeatures(project))
      },
      'suggestions.of': ({ projectId, imageIds, givenOnly }) => ({
        suggestions: readProposals(projects.get(projectId), imageIds, !givenOnly).map(
          ({ image_id: imageId, class_id: classId, probability }) => ({ imageId, classId, probability }),
        ),
      }),
      'suggestions.alike'({ projectId, imageId, most }) {
        const project = projects.get(projectId)
        return { imageIds: imagesAlike(project, cachedFeatures(project), imageId, most) }
      },
      'suggestions.compare': async ({ projectId }) => ({ images: await compare(projects.get(projectId)) }),
      async 'suggestions.stop'({ projectId }) {
        await of(projects.get(projectId)).head.stop()
        return {}
      },
      'suggestions.accept': ({ projectId, groups }) => ({
        changed: acceptSuggestions(context, projects.get(projectId), groups),
      }),
    },
    give(project, given) {
      storeGivenSuggestions(project, given)
      context.publish('suggestions.changed', { projectId: project.id, status: statusOf(project) })
    },
    async features(project, signal, onProgress = () => {}) {
      const { head, waiting } = of(project)
      const cancel = (): void => void head.stop()
      signal.addEventListener('abort', cancel, { once: true })
      waiting.add(onProgress)
      try {
        await head.refresh()
      } finally {
        waiting.delete(onProgress)
        signal.removeEventListener('abort', cancel)
      }
      const newest = newestFeatures(project)
      if (newest) return newest
      throw new AppError('no-images', 'The project has no images to look at. Import some first.')
    },
    async close() {
      await Promise.all([...open.values()].map(({ head }) => head.stop()))
    },
    heed(name, payload) {
      if (!heeded.has(name) || !('projectId' in payload)) return
      const project = projects.list().find(({ id }) => id === payload.projectId)
      if (!project || !readEnabled(project)) return
      const { head } = of(project)
      if (name === 'runs.changed') head.wake()
      else if (name === 'runs.deleted' && readHead(project)?.runId === null) return
      else head.schedule()
    },
  }
}

function publicHead({
  source,
  labelled,
  images,
  accuracy,
  runId,
  createdAt,
  seconds,
}: StoredHead): SuggestionsStatus['head'] {
  return { source, labelled, images, accuracy, runId, createdAt, seconds }
}
