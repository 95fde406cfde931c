import type { PredictedFile } from '../../stores/predictions.ts'

/** Which predictions are shown, and how they are ordered. */
export interface PredictedListView {
  /** Null: of every class. */
  readonly class: string | null
  readonly confidence: Confidence
  readonly order: PredictedOrder
}

/** Of the likeliest class. sure, unsure: by the threshold that was chosen for the run. */
export const confidences = ['all', 'below-50', '50-80', '80-95', 'from-95', 'sure', 'unsure'] as const
export type Confidence = (typeof confidences)[number]

/** given: as the files came. */
export const predictedOrders = ['given', 'name', 'class', 'surest', 'unsurest'] as const
export type PredictedOrder = (typeof predictedOrders)[number]

/** At least, and less than. */
const ranges: { readonly [Key in Confidence]?: readonly [number, number] } = {
  'below-50': [0, 0.5],
  '50-80': [0.5, 0.8],
  '80-95': [0.8, 0.95],
  'from-95': [0.95, Infinity],
}

export function probabilityOf({ top }: PredictedFile): number {
  return top[0]?.probability ?? 0
}

export function passesConfidence(file: PredictedFile, confidence: Confidence): boolean {
  if (confidence === 'sure') return file.sure
  if (confidence === 'unsure') return !file.sure
  const [least, most] = ranges[confidence] ?? [0, Infinity]
  const probability = probabilityOf(file)
  return probability >= least && probability < most
}

export function shownPredictions(
  files: readonly PredictedFile[],
  view: PredictedListView,
  compareNames: (a: string, b: string) => number,
): readonly PredictedFile[] {
  const shown = files.filter(
    (file) =>
      (view.class === null || file.top[0]?.class === view.class) && passesConfidence(file, view.confidence),
  )
  const byName = (a: PredictedFile, b: PredictedFile): number => compareNames(a.given.name, b.given.name)
  switch (view.order) {
    case 'given':
      return shown
    case 'name':
      return shown.sort(byName)
    case 'class':
      return shown.sort(
        (a, b) =>
          compareNames(a.top[0]?.class ?? '', b.top[0]?.class ?? '') || probabilityOf(b) - probabilityOf(a),
      )
    case 'surest':
      return shown.sort((a, b) => probabilityOf(b) - probabilityOf(a))
    case 'unsurest':
      return shown.sort((a, b) => probabilityOf(a) - probabilityOf(b))
  }
}

/** How many are predicted of each class, the most first. */
export function countsByClass(files: readonly PredictedFile[]): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { top } of files) {
    const name = top[0]?.class ?? ''
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}
