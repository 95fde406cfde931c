import { expect, test } from 'vitest'
import {
  countsByClass,
  shownPredictions,
  type PredictedListView,
} from '../../../../src/renderer/src/pages/predict/predicted-list.ts'
import type { PredictedFile } from '../../../../src/renderer/src/stores/predictions.ts'

const files = (
  [
    ['10.jpg', 'ant', 0.9],
    ['2.jpg', 'bee', 0.97],
    ['1.jpg', 'ant', 0.4],
    ['3.jpg', 'bee', 0.5],
  ] as const
).map(([name, className, probability], id): PredictedFile => ({
  id,
  given: { file: new File([], name), name },
  top: [{ class: className, probability }],
  sure: probability > 0.45,
}))
const { compare } = new Intl.Collator('en', { numeric: true })
const names = (view: Partial<PredictedListView>) =>
  shownPredictions(files, { class: null, confidence: 'all', order: 'given', ...view }, compare).map(
    ({ given }) => given.name,
  )

test('predictions are in the order that is asked for', () => {
  expect(names({})).toEqual(['10.jpg', '2.jpg', '1.jpg', '3.jpg'])
  expect(names({ order: 'name' })).toEqual(['1.jpg', '2.jpg', '3.jpg', '10.jpg'])
  expect(names({ order: 'class' })).toEqual(['10.jpg', '1.jpg', '2.jpg', '3.jpg'])
  expect(names({ order: 'surest' })).toEqual(['2.jpg', '10.jpg', '3.jpg', '1.jpg'])
  expect(names({ order: 'unsurest' })).toEqual(['1.jpg', '3.jpg', '10.jpg', '2.jpg'])
  expect(files.map(({ id }) => id)).toEqual([0, 1, 2, 3])
})

test('each is in one range of confidence, and the filters combine', () => {
  expect(names({ confidence: 'below-50' })).toEqual(['1.jpg'])
  expect(names({ confidence: '50-80' })).toEqual(['3.jpg'])
  expect(names({ confidence: '80-95' })).toEqual(['10.jpg'])
  expect(names({ confidence: 'from-95' })).toEqual(['2.jpg'])
  expect(names({ confidence: 'unsure' })).toEqual(['1.jpg'])
  expect(names({ confidence: 'sure', class: 'ant' })).toEqual(['10.jpg'])
})

test('classes are counted, the most frequent first', () => {
  expect(countsByClass([...files, files[0]!])).toEqual([
    { name: 'ant', count: 3 },
    { name: 'bee', count: 2 },
  ])
})
