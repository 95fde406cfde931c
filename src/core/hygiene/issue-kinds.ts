import type { AdjustableKind } from '../../contract/hygiene.ts'

/** What is known of one image. */
export interface MeasuredImageRow {
  id: number
  /** Upright, in pixels. */
  width: number
  height: number
  /** As `Measurements` of imaging. */
  brightness: number
  contrast: number
  sharpness: number
  saturation: number
}

/** Facts of all images that an image is judged against. */
export interface ImagesOverall {
  /** Median of the shorter sides, pixels. */
  medianSide: number
}

/** A kind of image that may not belong into a data set. */
export interface IssueKind {
  readonly kind: Exclude<AdjustableKind, 'near-duplicates' | 'odd-neighbour'>
  /** What it is judged by, in the unit of the limit. */
  value(image: MeasuredImageRow): number
  /** Where nobody chose one. */
  limit(overall: ImagesOverall): number
  isIssue(image: MeasuredImageRow, limit: number): boolean
  /** Whether the lowest values are the worst. */
  readonly lowestFirst: boolean
}

/** Deviation of luma below which a picture is one colour. */
const blankContrast = 0.01
const usualSharpness = 60
/** Sharpness of a picture of little contrast says nothing by itself: it is compared with the variance of luma too. */
const blurryShare = 0.03 / usualSharpness
const smallestSide = 32

const shorterSide = ({ width, height }: MeasuredImageRow): number => Math.min(width, height)

/** Every kind. A kind that most images are of is how this data set is, and no issue: see `findIssues`. */
export const issueKinds: readonly IssueKind[] = [
  {
    kind: 'blurry',
    value: ({ sharpness }) => sharpness,
    limit: () => usualSharpness,
    isIssue: ({ sharpness, contrast }, limit) =>
      contrast < blankContrast ||
      (sharpness < limit && sharpness < limit * blurryShare * (contrast * 255) ** 2),
    lowestFirst: true,
  },
  {
    kind: 'dark',
    value: ({ brightness }) => brightness,
    limit: () => 0.12,
    isIssue: ({ brightness }, limit) => brightness < limit,
    lowestFirst: true,
  },
  {
    kind: 'bright',
    value: ({ brightness }) => brightness,
    limit: () => 0.9,
    // An object on white is bright, but not without contrast.
    isIssue: ({ brightness, contrast }, limit) => brightness > limit && contrast < 0.15,
    lowestFirst: false,
  },
  {
    kind: 'grey',
    value: ({ saturation }) => saturation,
    limit: () => 0.01,
    isIssue: ({ saturation }, limit) => saturation < limit,
    lowestFirst: true,
  },
  {
    kind: 'tiny',
    value: shorterSide,
    limit: ({ medianSide }) => Math.max(smallestSide, Math.round(medianSide / 8)),
    isIssue: (image, limit) => shorterSide(image) < limit,
    lowestFirst: true,
  },
  {
    kind: 'odd-aspect',
    value: (image) => Math.max(image.width, image.height) / shorterSide(image),
    limit: () => 3,
    isIssue: (image, limit) => Math.max(image.width, image.height) > limit * shorterSide(image),
    lowestFirst: false,
  },
]
