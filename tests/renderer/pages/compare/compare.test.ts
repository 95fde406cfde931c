import { beforeEach, describe, expect, test } from 'vitest'
import type { Flip, Pair } from '../../../../src/contract/comparison.ts'
import { i18n } from '../../../../src/renderer/src/locales/index.ts'
import { filterFlips, flipKind } from '../../../../src/renderer/src/pages/compare/flips.ts'
import { settingName, settingValue } from '../../../../src/renderer/src/pages/compare/setting-text.ts'
import { evidenceText, verdictText } from '../../../../src/renderer/src/pages/compare/verdict-text.ts'

beforeEach(() => void (i18n.global.locale.value = 'en'))

describe('flips', () => {
  const flip = (truth: string, a: string, b: string): Flip => ({
    sha256: `${truth}${a}${b}`,
    imageId: 1,
    path: null,
    truth,
    a: { class: a, probability: 1 },
    b: { class: b, probability: 1 },
  })
  const flips = [flip('ant', 'bee', 'ant'), flip('ant', 'ant', 'bee'), flip('bee', 'ant', 'wasp')]

  test('are put right, broken, or wrong in another way', () => {
    expect(flips.map(flipKind)).toEqual(['fixed', 'broken', 'other'])
  })

  test('are filtered by kind and true class together', () => {
    expect(filterFlips(flips, 'all', null)).toEqual(flips)
    expect(filterFlips(flips, 'all', 'ant')).toEqual(flips.slice(0, 2))
    expect(filterFlips(flips, 'broken', 'ant')).toEqual([flips[1]])
    expect(filterFlips(flips, 'other', 'ant')).toEqual([])
  })
})

describe('a verdict', () => {
  const pair = (difference: number, significant: boolean): Pair => ({
    split: 'test',
    images: 1200,
    accuracies: [0.5, 0.5 + difference],
    difference,
    interval95: [difference - 0.02, difference + 0.02],
    b: 1,
    c: 2,
    p: significant ? 0.0004 : 0.21875,
    significant,
  })

  test('is a sentence that does not take noise for a difference', () => {
    expect(verdictText('b', 'a', pair(0.1, true))).toBe('b is better than a')
    expect(verdictText('b', 'a', pair(-0.1, true))).toBe('b is worse than a')
    expect(verdictText('b', 'a', pair(0.1, false))).toBe('b is not better or worse than a beyond noise')
    i18n.global.locale.value = 'zh-CN'
    expect(verdictText('b', 'a', pair(0.1, false))).toBe('“b”与“a”的差别未超出随机波动')
  })

  test('comes with its numbers', () => {
    expect(evidenceText(pair(0.0125, false))).toBe(
      '+1.3 points (95% interval -0.8 to +3.3) on the same 1,200 test images, p = 0.22 by McNemar’s exact test',
    )
  })
})

test('settings read as people say them', () => {
  expect(settingName('batchSize')).toBe('Batch size')
  expect(settingName('weights')).toBe('Pretrained weights')
  expect(settingValue('mode', 'fine-tune')).toBe('Fine-tuning')
  expect(settingValue('head', '')).toBe('linear')
  expect(settingValue('learningRateBackbone', null)).toBe('as usual')
  expect(settingValue('nesterov', false)).toBe('no')
  expect(settingValue('freeze', { kind: 'first', count: 3 })).toBe('{kind:first,count:3}')
})
