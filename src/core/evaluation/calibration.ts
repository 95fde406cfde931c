import type { ReliabilityDiagram } from '../../contract/evaluation.ts'
import {
  calibrationErrorOf,
  confidencesOf,
  makePredictions,
  metrics,
  reliability,
  scaleByTemperature,
  wilsonInterval,
  type Binning,
  type Predictions,
} from '../../metrics/index.ts'
import type { ScoredSplit } from './scored-split.ts'

/** Those at one temperature are asked for again and again while a slider moves. */
const scaled = new WeakMap<ScoredSplit, { temperature: number; predictions: Predictions }>()

/** Predictions with the logits divided by a temperature. */
export function atTemperature(scored: ScoredSplit, temperature: number): Predictions {
  const known = scaled.get(scored)
  if (known?.temperature === temperature) return known.predictions
  const { probabilities, classes, labels } = scored.predictions
  const values = scaleByTemperature(probabilities, classes, temperature)
  const predictions = makePredictions(values, labels, classes)
  scaled.set(scored, { temperature, predictions })
  return predictions
}

/** How often predictions are right for how sure they are. */
export function reliabilityDiagram(predictions: Predictions, binning: Binning): ReliabilityDiagram {
  const { probabilities, labels, predicted, classes, examples } = predictions
  const bins = reliability(predictions, null, binning)
  const loss = metrics.loss(classes)
  loss.update(probabilities, labels)
  return {
    bins: bins.map((bin) => {
      const { low, high, examples: count, confidence, accuracy } = bin
      if (count === 0) return { low, high, examples: 0, confidence: null, accuracy: null, interval95: null }
      return { ...bin, interval95: wilsonInterval(Math.round(accuracy * count), count), confidence, accuracy }
    }),
    error: calibrationErrorOf(bins),
    loss: loss.result(),
    confidence: confidencesOf(predictions).reduce((sum, value) => sum + value, 0) / examples,
    accuracy: predicted.filter((index, row) => index === labels[row]).length / examples,
  }
}
