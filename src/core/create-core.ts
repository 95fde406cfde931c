import { AppError } from '../contract/errors.ts'
import type { EventName, EventPayload } from '../contract/events.ts'
import {
  requests,
  type RequestInput,
  type RequestName,
  type RequestOutput,
} from '../contract/requests/index.ts'
import { createImagingPool } from '../imaging/client.ts'
import { createAppHandlers } from './app/handlers.ts'
import { createAugmentationsHandlers } from './augmentations/handlers.ts'
import { createClassifyHandlers } from './backbones/classify.ts'
import { createBackbonesArea } from './backbones/handlers.ts'
import { createMeasureHandlers } from './backbones/measure.ts'
import { createComparisonsHandlers } from './comparisons/handlers.ts'
import type { CoreContext, CoreOptions, Handlers } from './context.ts'
import { createEvaluationHandlers } from './evaluation/handlers.ts'
import { createHygieneHandlers } from './hygiene/handlers.ts'
import { createImagesArea } from './images/handlers.ts'
import { createLabelErrorsHandlers } from './label-errors/handlers.ts'
import { createLabelsHandlers } from './labels/handlers.ts'
import { createMedia, type Media } from './images/media.ts'
import { createMapHandlers } from './map/handlers.ts'
import { createPlansHandlers } from './plans/handlers.ts'
import { createPredictionsHandlers } from './predictions/handlers.ts'
import { createProjectsHandlers } from './projects/handlers.ts'
import { createOpenProjects } from './projects/open-projects.ts'
import { createReportsHandlers } from './reports/handlers.ts'
import { createRunsArea } from './runs/handlers.ts'
import { createSplitsHandlers } from './splits/handlers.ts'
import { createStorageHandlers } from './storage/handlers.ts'
import { toAppError } from './store/to-app-error.ts'
import { createSuggestionsArea } from './suggestions/handlers.ts'
import { createUploadsHandlers } from './uploads/handlers.ts'
import { createUploads, type Uploads } from './uploads/uploads.ts'
import { createViewsHandlers } from './views/handlers.ts'
import { createWatchingArea } from './watching/handlers.ts'

export type EventListener = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void

export interface Core {
  /** Validates, runs and answers. @throws AppError */
  request<Name extends RequestName>(name: Name, input: RequestInput<Name>): Promise<RequestOutput<Name>>
  /** @returns a function that ends the subscription. */
  subscribe(listener: EventListener): () => void
  /** Bytes for media URLs. */
  media: Media
  /** Files out of pages that know no paths. */
  uploads: Uploads
  /** Stops runs and imports in order, closes every project and child process. */
  close(): Promise<void>
}

/** All rules of the product; the only writer of a project. What it does must not depend on who hosts it. */
export function createCore(options: CoreOptions): Core {
  const listeners = new Set<EventListener>()
  const publish: EventListener = (name, payload) => {
    for (const listener of listeners) {
      try {
        listener(name, payload)
      } catch (error) {
        // One client's broken connection must not keep an event from the others, nor fail what was committed.
        options.log.error({ error, event: name }, 'a client could not be told of an event')
      }
    }
  }
  const imaging = createImagingPool(options.launchImaging)
  const projects = createOpenProjects(options)
  const context: CoreContext = { ...options, publish, projects, imaging }
  const images = createImagesArea(context)
  const runs = createRunsArea(context)
  const backbones = createBackbonesArea(context)
  const uploads = createUploads(context)
  const watching = createWatchingArea(context)
  const media = createMedia(context)
  const suggestions = createSuggestionsArea(context, runs.trainers)
  listeners.add(suggestions.heed)
  const handlers: Handlers<RequestName> = {
    ...createAppHandlers(context),
    ...createProjectsHandlers(context),
    ...images.handlers,
    ...createLabelsHandlers(context),
    ...createHygieneHandlers(context, suggestions.features),
    ...createLabelErrorsHandlers(context, runs.trainers, runs.handlers['runs.start']),
    ...createSplitsHandlers(context),
    ...backbones.handlers,
    ...createClassifyHandlers(context, runs.trainers),
    ...createMeasureHandlers(context, runs.trainers),
    ...runs.handlers,
    ...createComparisonsHandlers(context),
    ...createEvaluationHandlers(context),
    ...createReportsHandlers(context, media),
    ...createStorageHandlers(context),
    ...createAugmentationsHandlers(context, runs.trainers),
    ...suggestions.handlers,
    ...createMapHandlers(context, suggestions.features),
    ...createPredictionsHandlers(context, runs.trainers, suggestions),
    ...createUploadsHandlers(uploads),
    ...createViewsHandlers(context),
    ...createPlansHandlers(context),
    ...watching.handlers,
  }

  /** The folder to name where the disk or the database fails. */
  const subjectOf = (input: object): string =>
    ('projectId' in input && projects.list().find((project) => project.id === input.projectId)?.path) ||
    options.dataDir
  let closing: Promise<void> | undefined

  return {
    async request(name, input) {
      const definition = Object.hasOwn(requests, name) ? requests[name] : undefined
      if (!definition) throw new AppError('invalid-input', `There is no request named ${String(name)}.`)
      const parsed = definition.input.safeParse(input)
      if (!parsed.success) {
        const issue = parsed.error.issues[0]
        throw new AppError(
          'invalid-input',
          `${name}: ${issue?.path.join('.') || 'input'}: ${issue?.message ?? 'not as expected'}.`,
          { request: name },
        )
      }
      const handler = handlers[name] as (value: unknown) => unknown
      try {
        return (await handler(parsed.data)) as RequestOutput<typeof name>
      } catch (error) {
        throw toAppError(error, subjectOf(parsed.data))
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    media,
    uploads,
    close() {
      closing ??= (async () => {
        // What ends from here on must not begin another head.
        listeners.delete(suggestions.heed)
        await suggestions.close()
        await backbones.close()
        await runs.close()
        watching.close()
        await images.close()
        await projects.closeAll()
        await imaging.close()
        await uploads.close()
        listeners.clear()
      })()
      return closing
    },
  }
}
