/** What a model said of an image whose class is known. */
export interface Judged {
  sha256: string
  path: string
  truth: string
  /** Of the classes, in their order. */
  probabilities: readonly number[]
  /** The likeliest class. */
  predicted: string
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const mean = (values: readonly number[]): number => sum(values) / values.length
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

/** Wilson's score interval of 95%: the shares that a test of the normal approximation does not reject. */
export function wilson(successes: number, trials: number): [number, number] {
  const z = 1.959963984540054
  // The roots of (share - p)² = z² p (1 - p) / trials, a quadratic equation in p.
  const a = trials + z * z
  const b = -(2 * successes + z * z)
  const c = (successes * successes) / trials
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c))
  return [(-b - root) / (2 * a), (-b + root) / (2 * a)]
}

/** McNemar's exact test, two-sided, by adding up binomial coefficients. */
export function mcnemarExact(b: number, c: number): number {
  let coefficient = 1n
  let tail = 0n
  for (let heads = 0; heads <= Math.min(b, c); heads += 1) {
    tail += coefficient
    coefficient = (coefficient * BigInt(b + c - heads)) / BigInt(heads + 1)
  }
  return Math.min(1, (2 * Number(tail)) / 2 ** (b + c))
}

/** The paired bootstrap's interval of 95% of a difference of accuracies, from the distribution of each draw folded with itself. */
export function pairedBootstrap(b: number, c: number, images: number): [number, number] {
  let shares = [1]
  for (let draw = 0; draw < images; draw += 1) {
    const next = new Array<number>(shares.length + 2).fill(0)
    shares.forEach((share, place) => {
      next[place]! += (share * b) / images
      next[place + 1]! += (share * (images - b - c)) / images
      next[place + 2]! += (share * c) / images
    })
    shares = next
  }
  const quantile = (wanted: number): number => {
    let total = 0
    const place = shares.findIndex((share) => (total += share) >= wanted)
    return (place - images) / images
  }
  return [quantile(0.025), quantile(0.975)]
}

/** The area under the ROC curve, as the share of pairs that are in the right order. */
function rocAuc(own: readonly number[], others: readonly number[]): number {
  return mean(
    own.map((score) => mean(others.map((other) => (score > other ? 1 : score === other ? 0.5 : 0)))),
  )
}

/** The mean over the class's examples of the precision among all that score at least as high. */
function averagePrecision(own: readonly number[], others: readonly number[]): number {
  return mean(
    own.map((score) => {
      const hits = own.filter((each) => each >= score).length
      return hits / (hits + others.filter((each) => each >= score).length)
    }),
  )
}

function calibrationError(judged: readonly Judged[], bins = 15): number {
  const sures = judged.map(({ probabilities }) => Math.max(...probabilities))
  return sum(
    Array.from({ length: bins }, (_, bin) => {
      const inside = judged.flatMap(({ truth, predicted }, index) =>
        Math.ceil(sures[index]! * bins) - 1 === bin ? [sures[index]! - Number(truth === predicted)] : [],
      )
      return Math.abs(sum(inside)) / judged.length
    }),
  )
}

/** The covariance of two assignments of classes, summed over classes. */
function covariance(classes: readonly string[], a: readonly string[], b: readonly string[]): number {
  return sum(
    classes.map((name) => {
      const x = a.map((each) => Number(each === name))
      const y = b.map((each) => Number(each === name))
      return mean(x.map((value, index) => value * y[index]!)) - mean(x) * mean(y)
    }),
  )
}

/** All that an evaluation shows, each from its definition over the images; it shares no code with the product. */
export function scorePredictions(classes: readonly string[], judged: readonly Judged[]) {
  const count = (truth: string | null, predicted: string | null): number =>
    judged.filter(
      (each) =>
        (truth === null || each.truth === truth) && (predicted === null || each.predicted === predicted),
    ).length
  const images = judged.length
  const right = judged.filter(({ truth, predicted }) => truth === predicted).length
  const perClass = classes.map((name, index) => {
    const hits = count(name, name)
    const support = count(name, null)
    const claimed = count(null, name)
    const scores = (isOwn: boolean) =>
      judged
        .filter(({ truth }) => (truth === name) === isOwn)
        .map(({ probabilities }) => probabilities[index]!)
    return {
      class: name,
      precision: ratio(hits, claimed),
      recall: ratio(hits, support),
      f1: ratio(2 * hits, claimed + support),
      precisionInterval: claimed === 0 ? null : wilson(hits, claimed),
      recallInterval: support === 0 ? null : wilson(hits, support),
      rocAuc: rocAuc(scores(true), scores(false)),
      averagePrecision: averagePrecision(scores(true), scores(false)),
      support,
    }
  })
  type Name = 'precision' | 'recall' | 'f1' | 'rocAuc' | 'averagePrecision'
  const macro = (name: Name): number => mean(perClass.map((each) => each[name]))
  const weighted = (name: Name): number => sum(perClass.map((each) => (each[name] * each.support) / images))
  const top = (most: number): number =>
    judged.filter(({ truth, probabilities }) => {
      const own = probabilities[classes.indexOf(truth)]!
      return probabilities.filter((each) => each > own).length < most
    }).length / images
  const truths = judged.map(({ truth }) => truth)
  const answers = judged.map(({ predicted }) => predicted)
  const chance = sum(classes.map((name) => (count(name, null) / images) * (count(null, name) / images)))
  const metrics: Record<string, number> = {
    ...(classes.length >= 5 && { 'Top-3 accuracy': top(3) }),
    ...(classes.length >= 10 && { 'Top-5 accuracy': top(5) }),
    'Balanced accuracy': macro('recall'),
    'Precision, mean of classes': macro('precision'),
    'F1, mean of classes': macro('f1'),
    'Precision, weighted': weighted('precision'),
    'Recall, weighted': weighted('recall'),
    'F1, weighted': weighted('f1'),
    'Area under the ROC curve': macro('rocAuc'),
    'Average precision': macro('averagePrecision'),
    'Expected calibration error': calibrationError(judged),
    'Matthews correlation':
      covariance(classes, truths, answers) /
      Math.sqrt(covariance(classes, truths, truths) * covariance(classes, answers, answers)),
    "Cohen's kappa": (right / images - chance) / (1 - chance),
  }
  return {
    images,
    accuracy: right / images,
    interval: wilson(right, images),
    loss: -mean(judged.map(({ truth, probabilities }) => Math.log(probabilities[classes.indexOf(truth)]!))),
    confusion: classes.map((truth) => classes.map((predicted) => count(truth, predicted))),
    perClass,
    metrics,
  }
}
