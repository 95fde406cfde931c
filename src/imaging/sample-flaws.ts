/** What a careful person would mend in the sample: labels and pictures as they come in real collections. */
export type SampleFlaw = 'mislabelled' | 'near-duplicate' | 'blurry' | 'dark' | 'bright' | 'grey'

/** Which rounds have a flaw (a round has one picture of each class), and how often it comes back. */
const rounds: readonly { flaw: SampleFlaw; every: number; first: number }[] = [
  { flaw: 'mislabelled', every: 10, first: 7 },
  { flaw: 'near-duplicate', every: 12, first: 5 },
  { flaw: 'blurry', every: 20, first: 3 },
  { flaw: 'dark', every: 25, first: 11 },
  { flaw: 'bright', every: 25, first: 16 },
  { flaw: 'grey', every: 50, first: 21 },
]

/**
 * The flaw of picture `index` of a sample, by its number alone: at most one, in about one of fifteen. Of a round with mislabelled
 * pictures two neighbouring classes have changed places, so that every class keeps its count.
 */
export function sampleFlaw(index: number, classes: number): SampleFlaw | null {
  const round = Math.floor(index / classes)
  const found = rounds.find(({ every, first }) => round % every === first)
  if (!found) return null
  const place = Math.floor(round / found.every) % classes
  const own = index % classes
  if (own === place) return found.flaw
  return found.flaw === 'mislabelled' && own === (place + 1) % classes ? found.flaw : null
}

/** The class that a mislabelled picture shows: that of the other one of its pair. */
export function shownClass(index: number, classes: number): number {
  const own = index % classes
  return sampleFlaw(index + 1 - (own === classes - 1 ? classes : 0), classes) === 'mislabelled'
    ? (own + 1) % classes
    : (own + classes - 1) % classes
}
