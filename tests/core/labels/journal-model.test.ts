import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createClass, deleteClass, listClasses } from '../../../src/core/labels/classes.ts'
import { mergeClasses } from '../../../src/core/labels/merge-classes.ts'
import { reorderClasses } from '../../../src/core/labels/reorder-classes.ts'
import { setMarks } from '../../../src/core/labels/set-marks.ts'
import { splitOffClass } from '../../../src/core/labels/split-off-class.ts'
import { updateClass } from '../../../src/core/labels/update-class.ts'
import { redo, undo } from '../../../src/core/labels/journal.ts'
import { removeImages } from '../../../src/core/labels/remove-images.ts'
import { setLabels } from '../../../src/core/labels/set-labels.ts'
import type { OpenProject } from '../../../src/core/projects/open-projects.ts'
import { makeSplits } from '../../../src/core/splits/make-splits.ts'
import { setSplit } from '../../../src/core/splits/set-split.ts'
import { insertImages, temporaryFolder, testContext } from '../test-project.ts'

/** Mulberry32: small, seeded, good enough to choose commands. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296
  }
}

function snapshot(project: OpenProject): string {
  const rows = project.database
    .prepare(
      `SELECT images.id, split, removed_at IS NULL AS live, flagged, unsure, note, group_concat(class_id ORDER BY class_id) AS classes
       FROM images LEFT JOIN image_marks ON image_marks.image_id = images.id
       LEFT JOIN annotations ON annotations.image_id = images.id GROUP BY images.id ORDER BY images.id`,
    )
    .raw()
    .all()
  return JSON.stringify([rows, listClasses(project)])
}

it.each([1, 2, 3, 4, 5])(
  'random commands, undos, redos and restarts agree with a stack of snapshots (seed %i)',
  async (seed) => {
    const random = randomFrom(seed)
    const below = (count: number) => Math.floor(random() * count)
    const context = testContext()
    let project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
    const ids = insertImages(
      project,
      Array.from({ length: 40 }, (_, index) => ({ relativePath: `${index}.jpg` })),
    )
    const some = () => ids.filter(() => random() < 0.3)
    const aClass = () => {
      const classes = listClasses(project)
      return classes[below(classes.length)]?.id ?? -1
    }
    const commands: (() => unknown)[] = [
      () => createClass(context, project, `class ${below(8)}`),
      () => updateClass(context, project, aClass(), { name: `class ${below(8)}` }),
      () =>
        updateClass(context, project, aClass(), { key: 'abc'[below(4)] ?? null, color: `#00000${below(3)}` }),
      () => (random() < 0.3 ? mergeClasses(context, project, aClass(), aClass()) : null),
      () => (random() < 0.3 ? splitOffClass(context, project, some(), `class ${below(8)}`) : null),
      () =>
        reorderClasses(
          context,
          project,
          listClasses(project)
            .map(({ id }) => id)
            .sort(() => random() - 0.5),
        ),
      () => setLabels(context, project, some(), aClass(), random() < 0.5 ? 'add' : 'remove'),
      () =>
        setMarks(context, project, some(), {
          ...(random() < 0.5 ? { flagged: random() < 0.5 } : {}),
          ...(random() < 0.5 ? { unsure: random() < 0.5 } : {}),
          ...(random() < 0.5 ? { note: ['', 'blurred'][below(2)] ?? null } : {}),
        }),
      () => (random() < 0.3 ? deleteClass(context, project, aClass()) : null),
      () => setLabels(context, project, some(), random() < 0.2 ? null : aClass()),
      () => setLabels(context, project, some(), aClass()),
      () => (random() < 0.3 ? removeImages(context, project, some().slice(0, 3)) : null),
      () =>
        setSplit(
          context,
          project,
          some(),
          (['train', 'validation', 'test', null] as const)[below(4)] ?? null,
        ),
      () =>
        makeSplits(context, project, { validation: 0.2, test: 0.2, seed: below(3), keep: random() < 0.5 }),
    ]
    let past: string[] = []
    let future: string[] = []
    let done = 0
    for (let step = 0; step < 250; step += 1) {
      const before = snapshot(project)
      const entries = () => project.database.prepare('SELECT count(*) FROM journal').pluck().get()
      const entriesBefore = entries()
      const dice = random()
      if (dice < 0.25) {
        if (past.length === 0) expect(() => undo(context, project)).toThrow()
        else {
          undo(context, project)
          future.push(before)
          expect(snapshot(project)).toBe(past.pop())
        }
      } else if (dice < 0.45) {
        if (future.length === 0) expect(() => redo(context, project)).toThrow()
        else {
          redo(context, project)
          past.push(before)
          expect(snapshot(project)).toBe(future.pop())
        }
      } else if (dice < 0.47) {
        await context.projects.close(project.id)
        project = context.projects.open(project.path)
        expect(snapshot(project)).toBe(before)
      } else {
        try {
          commands[below(commands.length)]?.()
        } catch (error) {
          // A command refused (a class that is not there, a name that is taken) must change nothing.
          expect((error as { code?: string }).code).toMatch(
            /class-exists|class-not-found|image-not-found|invalid-input/,
          )
          expect(snapshot(project)).toBe(before)
        }
        if (entries() !== entriesBefore) {
          past.push(before)
          future = []
          done += 1
        } else expect(snapshot(project)).toBe(before)
      }
    }
    expect(done).toBeGreaterThan(50)
    while (past.length > 0) {
      undo(context, project)
      expect(snapshot(project)).toBe(past.pop())
    }
    past = []
  },
)
