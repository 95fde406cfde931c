import type { Baselines, DataChange, Flip, Pair, SettingRow } from '../contract/comparison.ts'
import type { Evaluation, Run, RunCurve, Split } from '../contract/entities.ts'
import type { EvaluatedImage, EvaluationSettings, ReliabilityDiagram } from '../contract/evaluation.ts'
import type { HygieneKind } from '../contract/hygiene.ts'
import type { reportLanguages } from '../contract/requests/reports.ts'

export type ReportLanguage = (typeof reportLanguages)[number]

/** When, where and by what a report was made. */
export interface ReportOrigin {
  /** Milliseconds since 1970. */
  readonly madeAt: number
  /** Of Thaw. */
  readonly version: string
  /** The operating system with its version and architecture, and the processor. */
  readonly system: string
  readonly processor: string
  readonly project: {
    readonly name: string
    /** The name of the folder, without the way to it. */
    readonly folder: string
  }
}

/** An image as a report shows it. */
export interface ReportedPicture {
  readonly sha256: string
  /** Below the imported folder; null: reports without pictures, or the project does not know it any more. */
  readonly name: string | null
  /** A `data:` address; null likewise, or where its file is gone. */
  readonly thumbnail: string | null
}

/** How much of the data a split has. */
export interface ReportedClass {
  readonly name: string
  readonly counts: Readonly<Record<Split, number>>
}

/** Everything that decided a run, apart from its plan. */
export interface ReportedRun {
  readonly run: Run
  /** Whether labels and splits of the project are still as the run saw them. */
  readonly isCurrent: boolean
  readonly engineVersion: string | null
  readonly threads: number | null
  /** Null: random ones. */
  readonly weightsSha256: string | null
  /** Of the weights: who published them, or the file they came in; null where they are random or no longer installed. */
  readonly weightsSource: string | null
  /** Null where the backbone is no longer known. */
  readonly backbone: {
    readonly family: string
    readonly inputSize: number
    readonly licence: string
    readonly paper: string
  } | null
  /** Of the test split, or of the validation split where there is no test; null: there are no predictions. */
  readonly evaluation: Evaluation | null
  readonly validation: Evaluation | null
  /** train/loss, train/accuracy, validation/loss, validation/accuracy, learning-rate */
  readonly curves: readonly RunCurve[]
  /** Where each phase began, where there were several. */
  readonly phaseStarts: readonly { readonly phase: number; readonly epoch: number }[]
}

/** What a report of one run tells. */
export interface RunReportData {
  readonly origin: ReportOrigin
  readonly reported: ReportedRun
  readonly settings: EvaluationSettings
  /** On the split of the evaluation; null where there is none, and after where the run has no temperature. */
  readonly calibration: {
    readonly before: ReliabilityDiagram
    readonly after: ReliabilityDiagram | null
  } | null
  readonly baselines: Pick<Baselines, 'majority' | 'scratch' | 'frozenHead'>
  /** The baselines' runs by id. */
  readonly baselineRuns: ReadonlyMap<string, Run>
  /** Those of which the run was surest. */
  readonly mistakes: {
    readonly total: number
    readonly shown: readonly (EvaluatedImage & { readonly picture: ReportedPicture })[]
  }
  readonly withPictures: boolean
  readonly data: {
    readonly classes: readonly ReportedClass[]
    /** Of the images of the version: what people said of them, and what became of them. */
    readonly marks: Readonly<Record<'flagged' | 'unsure' | 'noted' | 'gone' | 'unusable', number>>
    /** What was found in the project, as it is now. */
    readonly issues: readonly { readonly kind: HygieneKind; readonly images: number }[]
    /** Images that were not looked at for that. */
    readonly unscanned: number
  }
}

/** One of the compared runs against the baseline. */
export interface ReportedComparison {
  readonly run: Run
  readonly pair: Pair | null
  readonly flips: {
    readonly images: number
    readonly fixed: number
    readonly broken: number
    readonly other: number
    readonly shown: readonly (Flip & { readonly picture: ReportedPicture })[]
  }
  readonly data: {
    readonly counts: Readonly<Record<DataChange['kind'], number>>
    readonly classes: { readonly added: readonly string[]; readonly removed: readonly string[] }
    /** Changed labels, some of them. */
    readonly labels: readonly (DataChange & { readonly picture: ReportedPicture })[]
  }
}

/** What a report of several runs tells. */
export interface ComparisonReportData {
  readonly origin: ReportOrigin
  /** In the order that they were chosen in, the baseline among them. */
  readonly runs: readonly ReportedRun[]
  readonly baseline: Run
  readonly settings: readonly SettingRow[]
  /** Without the baseline, in the order of the runs. */
  readonly comparisons: readonly ReportedComparison[]
  readonly withPictures: boolean
}
