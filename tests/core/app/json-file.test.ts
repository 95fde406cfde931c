import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { createJsonFile } from '../../../src/core/app/json-file.ts'
import { temporaryFolder } from '../test-project.ts'

const schema = z.object({ theme: z.enum(['light', 'dark']) })

it('reads what it wrote, falls back where there is nothing or nonsense, and leaves no other file', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'data', 'settings.json')
  const damaged: unknown[] = []
  const file = createJsonFile(path, schema, { theme: 'light' }, (error) => damaged.push(error))
  expect(file.read()).toEqual({ theme: 'light' })
  file.write({ theme: 'dark' })
  expect(file.read()).toEqual({ theme: 'dark' })
  expect(readdirSync(join(folder, 'data'))).toEqual(['settings.json'])
  expect(damaged).toEqual([])
  for (const nonsense of ['', '{"theme":', '{"theme":"plaid"}', '[]']) {
    writeFileSync(path, nonsense)
    expect(file.read()).toEqual({ theme: 'light' })
  }
  expect(damaged).toHaveLength(4)
})

it('says where it could not write', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'settings.json'))
  const file = createJsonFile(join(folder, 'settings.json'), schema, { theme: 'light' }, () => undefined)
  expect(() => file.write({ theme: 'dark' })).toThrow()
  expect(readdirSync(folder)).toEqual(['settings.json'])
})
