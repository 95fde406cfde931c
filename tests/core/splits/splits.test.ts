import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Split } from '../../../src/contract/entities.ts'
import { createClass } from '../../../src/core/labels/classes.ts'
import { undo } from '../../../src/core/labels/journal.ts'
import { readStats } from '../../../src/core/projects/stats.ts'
import { ensureSplits } from '../../../src/core/splits/ensure-splits.ts'
import { makeSplits } from '../../../src/core/splits/make-splits.ts'
import { setSplit } from '../../../src/core/splits/set-split.ts'
import { insertImages, temporaryFolder, testContext, type TestImage } from '../test-project.ts'

const defaults = { validation: 0.15, test: 0.15, seed: 0, keep: false }

function start(classes: Record<string, number>, splitOf: (index: number) => Split | null = () => null) {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  for (const name of Object.keys(classes)) createClass(context, project, name)
  const add = (images: Record<string, number>, from = 0, split = splitOf) =>
    insertImages(
      project,
      Object.entries(images).flatMap(([className, count]) =>
        Array.from({ length: count }, (_, index): TestImage => {
          const relativePath = `${className}/${from + index}.jpg`
          return {
            relativePath,
            sha256: createHash('sha256').update(relativePath).digest('hex'),
            className,
            split: split(index),
          }
        }),
      ),
    )
  const ids = add(classes)
  return { context, project, ids, add }
}

describe('splits.make', () => {
  it('splits labelled images only, says how many, and can be undone', () => {
    const { context, project } = start({ ant: 100, bee: 60 })
    insertImages(project, [{ relativePath: 'unlabelled.jpg' }])
    const made = makeSplits(context, project, defaults)
    expect(made).toEqual({ train: 112, validation: 24, test: 24, groups: 160, warnings: [] })
    expect(readStats(project).splits).toEqual({ train: 112, validation: 24, test: 24, none: 1 })
    undo(context, project)
    expect(readStats(project).splits).toEqual({ train: 0, validation: 0, test: 0, none: 161 })
  })

  it('warns of classes too small to be everywhere', () => {
    const { context, project } = start({ ant: 100, pair: 2, single: 1 })
    expect(makeSplits(context, project, defaults).warnings).toEqual([
      { class: 'pair', images: 2, missingFrom: ['test'] },
      { class: 'single', images: 1, missingFrom: ['validation', 'test'] },
    ])
  })

  it('refuses shares that leave nothing to train on', () => {
    const { context, project } = start({ ant: 10 })
    expect(() => makeSplits(context, project, { ...defaults, validation: 0.5, test: 0.5 })).toThrow(
      expect.objectContaining({ code: 'split-invalid' }),
    )
  })
})

describe('splits.set', () => {
  it('places images by hand', () => {
    const { context, project, ids } = start({ ant: 4 })
    expect(setSplit(context, project, ids.slice(0, 2), 'test')).toBe(2)
    expect(setSplit(context, project, ids.slice(0, 3), 'test')).toBe(1)
    expect(setSplit(context, project, ids.slice(0, 3), 'test')).toBe(0)
    undo(context, project)
    expect(readStats(project).splits.test).toBe(2)
    expect(setSplit(context, project, ids, null)).toBe(2)
  })
})

describe('ensureSplits', () => {
  const codes = (notices: { code: string }[]) => notices.map((notice) => notice.code)

  it('makes a split where there is none, once', () => {
    const { context, project } = start({ ant: 100, bee: 100 })
    expect(codes(ensureSplits(context, project))).toEqual(['split-made'])
    expect(readStats(project).splits).toMatchObject({ train: 140, validation: 30, test: 30 })
    expect(ensureSplits(context, project)).toEqual([])
  })

  it('takes validation out of train where the data came with train and test', () => {
    const { context, project } = start({ ant: 100, bee: 100 }, (index) => (index < 80 ? 'train' : 'test'))
    expect(codes(ensureSplits(context, project))).toEqual(['validation-from-train'])
    expect(readStats(project).splits).toEqual({ train: 136, validation: 24, test: 40, none: 0 })
  })

  it('invents no test part where the data came with train and validation', () => {
    const { context, project } = start({ ant: 100 }, (index) => (index < 80 ? 'train' : 'validation'))
    expect(ensureSplits(context, project)).toEqual([])
    expect(readStats(project).splits).toEqual({ train: 80, validation: 20, test: 0, none: 0 })
  })

  it('adds images labelled later to a split that was made here, moving no other', () => {
    const { context, project, add } = start({ ant: 100 })
    makeSplits(context, project, { validation: 0.2, test: 0.1, seed: 5, keep: false })
    const before = project.database.prepare('SELECT id, split FROM images ORDER BY id').all()
    add({ ant: 50 }, 100)
    expect(codes(ensureSplits(context, project))).toEqual(['split-completed'])
    expect(readStats(project).splits).toEqual({ train: 105, validation: 30, test: 15, none: 0 })
    expect(project.database.prepare('SELECT id, split FROM images ORDER BY id LIMIT 100').all()).toEqual(
      before,
    )
  })

  it('leaves images out beside a split that came with the data, and says so', () => {
    const { context, project, add } = start({ ant: 50 }, (index) => (index < 40 ? 'train' : 'validation'))
    add({ ant: 10 }, 50, () => null)
    expect(codes(ensureSplits(context, project))).toEqual(['images-without-split'])
    expect(readStats(project).splits).toEqual({ train: 40, validation: 10, test: 0, none: 10 })
  })

  it('does nothing where nothing is labelled', () => {
    const { context, project } = start({})
    expect(ensureSplits(context, project)).toEqual([])
  })
})
