import { expect, test } from 'vitest'
import type { SuggestionsStatus } from '../../../../src/contract/suggestions.ts'
import { statusSentence } from '../../../../src/renderer/src/pages/images/suggestions/status-sentence.ts'

const head = {
  source: 'head',
  labelled: 40,
  images: 100,
  accuracy: 0.9,
  runId: null,
  createdAt: 1,
  seconds: 1,
} as const
const progress = { done: 1, total: 2, ratePerSecond: null, secondsLeft: null }
const status = (change: Partial<SuggestionsStatus>): SuggestionsStatus => ({
  enabled: true,
  runId: null,
  state: 'idle',
  progress: null,
  error: null,
  head: null,
  given: 0,
  imagesPerHour: null,
  expected: null,
  ...change,
})
const keyOf = (change: Partial<SuggestionsStatus>) => statusSentence(status(change)).key

test('says what proposes, and how well', () => {
  expect(statusSentence(status({ head }))).toEqual({ key: 'headJudged', labelled: 40, accuracy: 0.9 })
  expect(keyOf({ head: { ...head, accuracy: null } })).toBe('head')
  expect(keyOf({ head: { ...head, source: 'neighbours' } })).toBe('neighbours')
  expect(keyOf({ head: { ...head, source: 'run', runId: 'r1' } })).toBe('runJudged')
  expect(keyOf({ head: { ...head, source: 'run', runId: 'r1', accuracy: null } })).toBe('run')
  expect(keyOf({ head: { ...head, source: 'none' } })).toBe('none')
  expect(keyOf({})).toBe('none')
  expect(keyOf({ enabled: false, head })).toBe('off')
})

test('says what is under way where it takes long, and nothing of a second of learning', () => {
  expect(keyOf({ state: 'working' })).toBe('starting')
  expect(keyOf({ state: 'working', progress: { phase: 'training', ...progress } })).toBe('training')
  expect(keyOf({ state: 'working', head, progress: { phase: 'features', ...progress } })).toBe('features')
  expect(keyOf({ state: 'working', head, progress: { phase: 'training', ...progress } })).toBe('headJudged')
  expect(keyOf({ state: 'working', head, progress: { phase: 'predicting', ...progress } })).toBe('predicting')
  expect(keyOf({ state: 'waiting', head })).toBe('waiting')
  expect(keyOf({ state: 'failed', head })).toBe('failed')
})
