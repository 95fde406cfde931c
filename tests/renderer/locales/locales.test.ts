import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createI18n } from 'vue-i18n'
import { describe, expect, test } from 'vitest'
import { errorCodes } from '../../../src/contract/errors.ts'
import { en } from '../../../src/renderer/src/locales/en.ts'
import { systemLocale } from '../../../src/renderer/src/locales/index.ts'
import { zhCN } from '../../../src/renderer/src/locales/zh-CN.ts'

/** `a.b.c` to sentence. */
function flatten(messages: object, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') flat.set(prefix + key, value)
    else
      for (const [inner, sentence] of flatten(value as object, `${prefix}${key}.`)) flat.set(inner, sentence)
  }
  return flat
}

const placeholders = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort()
const english = flatten(en)
const chinese = flatten(zhCN)

describe('languages', () => {
  test('have the same messages, and none is left empty in one of them', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
    for (const [key, sentence] of english) expect(chinese.get(key) === '', key).toBe(sentence === '')
  })

  test('use the same values in each message', () => {
    for (const [key, sentence] of english) {
      // English may leave the count out of a form that says "no".
      const all = sentence.split(' | ').flatMap(placeholders)
      expect(placeholders(chinese.get(key) ?? ''), key).toEqual([...new Set(all)].sort())
    }
  })

  test('have a sentence for every error code', () => {
    for (const code of errorCodes) {
      expect(en.errors.codes[code], code).toBeTruthy()
      expect(zhCN.errors.codes[code], code).not.toBe(en.errors.codes[code])
    }
  })

  test('compile and choose plural forms', () => {
    const messages: Record<string, Record<string, never>> = { en: en as never, 'zh-CN': zhCN as never }
    const { t, locale } = createI18n({ legacy: false, locale: 'en', messages }).global
    for (const key of english.keys()) if (english.get(key)) expect(t(key), key).not.toBe(key)
    const count = (images: number) => t('images.count', { count: String(images) }, images)
    expect([0, 1, 5].map(count)).toEqual(['no images', '1 image', '5 images'])
    locale.value = 'zh-CN'
    expect(count(5)).toBe('5 张图像')
  })

  test('hold every message that a component asks for by name', () => {
    const folder = fileURLToPath(new URL('../../../src/renderer/src', import.meta.url))
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(vue|ts)$/.test(path),
    )
    const missing: string[] = []
    for (const path of files) {
      const source = readFileSync(join(folder, path), 'utf8')
      for (const [, key] of source.matchAll(/\bt\(\s*'([\w.-]+)'/g)) {
        if (key && !english.has(key)) missing.push(`${path}: ${key}`)
      }
    }
    expect(missing).toEqual([])
  })

  test('are chosen by what the system prefers', () => {
    expect(systemLocale(['de-DE', 'zh-TW', 'en'])).toBe('zh-CN')
    expect(systemLocale(['en-GB', 'zh'])).toBe('en')
    expect(systemLocale(['fr'])).toBe('en')
  })
})
