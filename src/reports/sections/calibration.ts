import type { ReliabilityDiagram } from '../../contract/evaluation.ts'
import { calibrationSvg } from '../charts/calibration-svg.ts'
import type { Section } from '../page/document.ts'
import { markup, sentence, trusted, type Markup } from '../page/markup.ts'
import type { RunReportData } from '../report-data.ts'
import type { ReportWords } from '../texts/report-words.ts'

/** A difference of confidence and accuracy that is worth a sentence. */
const noticed = 0.02

/** Whether the model's probabilities mean what they say, before and after its temperature. */
export function calibrationSection(
  { before, after }: NonNullable<RunReportData['calibration']>,
  { temperature, temperatureMissing, rejection }: RunReportData['settings'],
  words: ReportWords,
): Section {
  const { text, number, percent } = words
  const titles = text.calibration
  const gap = before.confidence - before.accuracy
  const shares = { confidence: percent(before.confidence), accuracy: percent(before.accuracy) }
  const byClass = Object.keys(rejection?.byClass ?? {}).length
  return {
    id: 'calibration',
    heading: titles.heading,
    body: [
      Math.abs(gap) < noticed
        ? null
        : markup`<p>${sentence(gap > 0 ? titles.tooSure : titles.notSure, shares)}</p>`,
      markup`<p>${
        temperature === null
          ? temperatureMissing && titles.missing[temperatureMissing]
          : sentence(titles.temperature, {
              temperature: number(temperature.value, 3),
              count: number(temperature.images),
            })
      }</p>`,
      rejection &&
        markup`<p>${sentence(
          titles.threshold,
          { threshold: percent(rejection.threshold), count: number(byClass) },
          byClass === 0 ? 1 : 2,
        )} ${rejection.calibrated ? titles.calibrated : null}</p>`,
      markup`<div class="halves">${figure(before, titles.before, 'before', words)}${
        after &&
        temperature &&
        figure(after, sentence(titles.after, { temperature: number(temperature.value, 3) }), 'after', words)
      }</div>`,
      markup`<p class="small">${titles.note}</p>`,
    ],
  }
}

function figure(
  diagram: ReliabilityDiagram,
  title: string | Markup,
  when: 'before' | 'after',
  { text, number, percent }: ReportWords,
): Markup {
  const svg = calibrationSvg(diagram, {
    title: text.calibration[when].replace(/\{.*\}/, '').trim(),
    xLabel: text.calibration.confidence,
    yLabel: text.calibration.right,
    percent: (value) => percent(value, 0),
  })
  return markup`<figure><h3>${title}</h3>${trusted(svg)}<figcaption data-calibration="${when}">${sentence(
    text.calibration.error,
    { error: number(diagram.error, 4), loss: number(diagram.loss, 4) },
  )}</figcaption></figure>`
}
