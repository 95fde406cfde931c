import type { AdoptedImagesTable } from './adopted-images.ts'
import type { AnnotationsTable } from './annotations.ts'
import type { ClassesTable } from './classes.ts'
import type { ConfirmedLabelsTable } from './confirmed-labels.ts'
import type { DatasetVersionsTable } from './dataset-versions.ts'
import type { EvaluationSettingsTable } from './evaluation-settings.ts'
import type { GivenSuggestionsTable } from './given-suggestions.ts'
import type { ImageMarksTable } from './image-marks.ts'
import type { DismissedFindingsTable } from './dismissed-findings.ts'
import type { ImageLayoutsTable, ImageMeasurementsTable } from './image-measurements.ts'
import type { ImagePredictionsTable } from './image-predictions.ts'
import type { ImageSourcesTable } from './image-sources.ts'
import type { ImagesTable } from './images.ts'
import type { ImportsTable } from './imports.ts'
import type { JournalTable } from './journal.ts'
import type { LabelledNeighboursTable } from './labelled-neighbours.ts'
import type { LabelSuspectsTable } from './label-suspects.ts'
import type { MetaTable } from './meta.ts'
import type { MetricsTable } from './metrics.ts'
import type { NearDuplicatesTable } from './near-duplicates.ts'
import type { PredictionsTable } from './predictions.ts'
import type { RunCurvesTable } from './run-curves.ts'
import type { RunGroupsTable } from './run-groups.ts'
import type { RunSamplesTable } from './run-samples.ts'
import type { RunsTable } from './runs.ts'
import type { SavedPlansTable } from './saved-plans.ts'
import type { SavedViewsTable } from './saved-views.ts'
import type { SkippedFilesTable } from './skipped-files.ts'
import type { WatchedFoldersTable } from './watched-folders.ts'

/** The database, as Kysely types it. */
export interface Tables {
  meta: MetaTable
  imports: ImportsTable
  images: ImagesTable
  image_sources: ImageSourcesTable
  image_marks: ImageMarksTable
  image_measurements: ImageMeasurementsTable
  image_layouts: ImageLayoutsTable
  near_duplicates: NearDuplicatesTable
  labelled_neighbours: LabelledNeighboursTable
  dismissed_findings: DismissedFindingsTable
  adopted_images: AdoptedImagesTable
  classes: ClassesTable
  annotations: AnnotationsTable
  saved_views: SavedViewsTable
  journal: JournalTable
  skipped_files: SkippedFilesTable
  watched_folders: WatchedFoldersTable
  dataset_versions: DatasetVersionsTable
  runs: RunsTable
  run_groups: RunGroupsTable
  run_curves: RunCurvesTable
  metrics: MetricsTable
  run_samples: RunSamplesTable
  saved_plans: SavedPlansTable
  predictions: PredictionsTable
  image_predictions: ImagePredictionsTable
  evaluation_settings: EvaluationSettingsTable
  label_suspects: LabelSuspectsTable
  confirmed_labels: ConfirmedLabelsTable
  given_suggestions: GivenSuggestionsTable
}
