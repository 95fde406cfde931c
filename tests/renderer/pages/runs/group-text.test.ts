import { readFileSync, readdirSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { en } from '../../../../src/renderer/src/locales/en.ts'
import { i18n } from '../../../../src/renderer/src/locales/index.ts'
import {
  memberText,
  probabilityText,
  settingText,
  stepText,
  whyText,
} from '../../../../src/renderer/src/pages/runs/group-text.ts'

const because = (code: string, details = {}) =>
  whyText({ status: 'completed', stoppedBecause: { code, message: 'as core says it', details } })

describe('why a group ended', () => {
  afterEach(() => (i18n.global.locale.value = 'en'))

  test('is said in the language that is shown, with its numbers', () => {
    const details = { step: 'last-block', b: 3, c: 4, p: 0.00012 }
    expect(because('ladder-no-improvement', details)).toBe(
      '‘Last block’ did not improve beyond noise: 4 validation images right that were wrong before, 3 the other way round (p = <0.001).',
    )
    i18n.global.locale.value = 'zh-CN'
    expect(because('ladder-time-budget', { minutes: 5 })).toBe('5 分钟的时间预算已用完。')
  })

  test('has a sentence for every reason that core gives', () => {
    const folder = new URL('../../../../src/core/runs/groups/', import.meta.url)
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
    const codes = sources.flatMap((source) =>
      [...source.matchAll(/code: '((?:ladder|sweep)-[a-z-]+)'/g)].map(([, code]) => code ?? ''),
    )
    expect(codes.length).toBeGreaterThan(5)
    expect(Object.keys(en.groups.why)).toEqual(expect.arrayContaining(codes))
  })

  test('of an error is its sentence, and of what is not known here as core says it', () => {
    expect(because('disk-full')).toBe(en.errors.codes['disk-full'])
    expect(because('something-new')).toBe('as core says it')
  })

  test('is nothing while it goes on, and the closing where core died', () => {
    expect(whyText({ status: 'running', stoppedBecause: null })).toBeNull()
    expect(whyText({ status: 'interrupted', stoppedBecause: null })).toBe(en.groups.why.interrupted)
  })
})

describe('names in groups', () => {
  test('are those of the interface where it has them', () => {
    expect(stepText('everything')).toBe('Everything')
    expect(stepText('a-step-of-another')).toBe('a-step-of-another')
    expect(settingText('learningRate')).toBe('Learning rate')
    expect(settingText('freeze')).toBe('Freezing')
    expect(settingText('unknown')).toBe('unknown')
  })

  test('of probabilities have two digits', () => {
    expect([0.04321, 0.5, 1, 0.00099, 0].map(probabilityText)).toEqual([
      '0.043',
      '0.5',
      '1',
      '<0.001',
      '<0.001',
    ])
  })
})

test('a run of a group is named by what tells it from the others', () => {
  const sweep = { name: 'rates', kind: 'sweep' } as const
  expect(memberText({ name: 'rates: learningRate=0.1' }, sweep)).toBe('learningRate=0.1')
  expect(memberText({ name: 'renamed since' }, sweep)).toBe('renamed since')
  expect(memberText({ name: 'auto: last-block' }, { name: 'auto', kind: 'ladder' })).toBe('Last block')
})
