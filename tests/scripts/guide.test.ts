import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const guide = join(root, 'docs/guide')
const locales = join(root, 'src/renderer/src/locales')
const languages = ['en', 'zh-CN'] as const

const pageOf = (language: string): string => readFileSync(join(guide, `${language}.md`), 'utf8')

/** All that the interface says in a language, as its files spell it. */
function saidIn(language: string): string {
  return readdirSync(join(locales, language))
    .map((name) => readFileSync(join(locales, language, name), 'utf8'))
    .join('\n')
}

describe('the guide', () => {
  it.each([...languages.map((language) => join(guide, `${language}.md`)), join(root, 'README.md')])(
    'links and pictures of %s lead to files',
    (file) => {
      const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!)
      expect(links.length).toBeGreaterThan(3)
      for (const link of links) expect(existsSync(join(dirname(file), link)), link).toBe(true)
    },
  )

  it.each(languages)('names in bold are names of the interface: %s', (language) => {
    const said = saidIn(language)
    const names = [...pageOf(language).matchAll(/\*\*([^*]+)\*\*/g)].map((match) => match[1]!)
    expect(names.length).toBeGreaterThan(15)
    for (const name of names) expect(said.includes(`'${name}`), name).toBe(true)
  })

  it('has the same parts in both languages', () => {
    const parts = languages.map((language) => pageOf(language).match(/^## /gm)?.length)
    expect(parts[0]).toBe(parts[1])
  })
})
