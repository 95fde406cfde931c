import type { ImageSelection } from '../../../../../contract/evaluation.ts'

/** What images of a split are looked at. */
export interface ChosenImages {
  title: string
  only: ImageSelection
  order: 'loss' | 'confidence'
  /** The one to begin with, large. */
  start?: number
}
