import type { Problem } from '../../../contract/entities.ts'

/** Each part of a check adds what it finds. */
export type ReportProblem = (problem: Problem) => void
