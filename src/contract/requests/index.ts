import type { z } from 'zod'
import { appRequests } from './app.ts'
import { augmentationsRequests } from './augmentations.ts'
import { backbonesRequests } from './backbones.ts'
import { classifyRequests } from './classify.ts'
import { comparisonsRequests } from './comparisons.ts'
import { evaluationRequests } from './evaluation.ts'
import { explanationsRequests } from './explanations.ts'
import { hygieneRequests } from './hygiene.ts'
import { imagesRequests } from './images.ts'
import { labelErrorsRequests } from './label-errors.ts'
import { labelsRequests } from './labels.ts'
import { mapRequests } from './map.ts'
import { plansRequests } from './plans.ts'
import { predictionsRequests } from './predictions.ts'
import { projectsRequests } from './projects.ts'
import { reportsRequests } from './reports.ts'
import { runsRequests } from './runs.ts'
import { storageRequests } from './storage.ts'
import { suggestionsRequests } from './suggestions.ts'
import { uploadsRequests } from './uploads.ts'
import { viewsRequests } from './views.ts'
import { watchingRequests } from './watching.ts'

/** Every request that core answers. Core's router must have a handler for each: the compiler demands it. */
export const requests = {
  ...appRequests,
  ...projectsRequests,
  ...imagesRequests,
  ...labelsRequests,
  ...labelErrorsRequests,
  ...hygieneRequests,
  ...backbonesRequests,
  ...classifyRequests,
  ...runsRequests,
  ...comparisonsRequests,
  ...explanationsRequests,
  ...reportsRequests,
  ...evaluationRequests,
  ...storageRequests,
  ...augmentationsRequests,
  ...suggestionsRequests,
  ...mapRequests,
  ...predictionsRequests,
  ...uploadsRequests,
  ...viewsRequests,
  ...plansRequests,
  ...watchingRequests,
}

export type Requests = typeof requests
export type RequestName = keyof Requests
/** What a client sends (defaults may be left out). */
export type RequestInput<Name extends RequestName> = z.input<Requests[Name]['input']>
/** What a handler receives (defaults filled in). */
export type RequestParsedInput<Name extends RequestName> = z.output<Requests[Name]['input']>
export type RequestOutput<Name extends RequestName> = z.output<Requests[Name]['output']>
