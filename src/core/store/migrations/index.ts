import { createSchema } from './0001-create-schema.ts'
import { createAdoptedImages } from './0002-create-adopted-images.ts'
import { createImageMarks } from './0050-create-image-marks.ts'
import { createImageMeasurements } from './0051-create-image-measurements.ts'
import { createNearDuplicates } from './0052-create-near-duplicates.ts'
import { createSavedViews } from './0053-create-saved-views.ts'
import { createImagePredictions } from './0055-create-image-predictions.ts'
import { createWatchedFolders } from './0060-create-watched-folders.ts'
import { createLabelledNeighbours } from './0070-create-labelled-neighbours.ts'
import { createRuns } from './0100-create-runs.ts'
import { createRunGroups } from './0101-create-run-groups.ts'
import { createRunMarks } from './0102-create-run-marks.ts'
import { createRunCurves } from './0103-create-run-curves.ts'
import { createLabelSuspects } from './0110-create-label-suspects.ts'
import { createConfirmedLabels } from './0111-create-confirmed-labels.ts'
import { createEvaluationSettings } from './0112-create-evaluation-settings.ts'
import { createGivenSuggestions } from './0115-create-given-suggestions.ts'
import { createRunSamples } from './0118-create-run-samples.ts'
import { createSavedPlans } from './0119-create-saved-plans.ts'
import type { Migration } from './migration.ts'

/**
 * Every migration, ascending by number; a number once released never changes. Areas number their own: 0001 the base
 * tables, from 0050 images, from 0100 runs.
 */
export const migrations: readonly Migration[] = [
  createSchema,
  createAdoptedImages,
  createImageMarks,
  createImageMeasurements,
  createNearDuplicates,
  createSavedViews,
  createImagePredictions,
  createWatchedFolders,
  createLabelledNeighbours,
  createRuns,
  createRunGroups,
  createRunMarks,
  createRunCurves,
  createLabelSuspects,
  createConfirmedLabels,
  createEvaluationSettings,
  createGivenSuggestions,
  createRunSamples,
  createSavedPlans,
]
