import { describe, expect, it } from 'vitest'
import { setLabels } from '../../../src/core/labels/set-labels.ts'
import { undo } from '../../../src/core/labels/journal.ts'
import { createClass } from '../../../src/core/labels/classes.ts'
import { imagesPerHour, recentLabelCommands } from '../../../src/core/suggestions/pace.ts'
import { insertImages, temporaryFolder, testContext } from '../test-project.ts'
import { join } from 'node:path'

/** One image every so many seconds. */
const steady = (seconds: number, count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ at: from + index * seconds * 1000, images: 1 }))

describe('images an hour', () => {
  it('is the pace of the commands', () => {
    expect(imagesPerHour(steady(3, 20))).toBe(1200)
  })
  it('leaves pauses out', () => {
    expect(imagesPerHour([...steady(3, 20), ...steady(3, 20, 1_000_000)])).toBe(1200)
  })
  it('counts each image of a command for many', () => {
    expect(imagesPerHour(steady(10, 5).map((command) => ({ ...command, images: 7 })))).toBe(2520)
  })
  it('is not told by a few commands, nor by a few seconds', () => {
    expect(imagesPerHour([])).toBeNull()
    expect(imagesPerHour(steady(30, 3))).toBeNull()
    expect(imagesPerHour(steady(0.1, 50))).toBeNull()
  })

  it('comes of commands that labelled and stand', () => {
    const context = testContext()
    const project = context.projects.create(join(temporaryFolder(), 'p.thaw'))
    const [a = 0, b = 0, c = 0] = insertImages(
      project,
      ['a', 'b', 'c'].map((name) => ({ relativePath: name, sha256: name.repeat(64) })),
    )
    const rose = createClass(context, project, 'rose')
    setLabels(context, project, [a, b], rose.id)
    setLabels(context, project, [a], null)
    setLabels(context, project, [c], rose.id)
    undo(context, project)
    expect(recentLabelCommands(project, Date.now()).map(({ images }) => images)).toEqual([2])
    expect(recentLabelCommands(project, Date.now() + 3_700_000)).toEqual([])
  })
})
