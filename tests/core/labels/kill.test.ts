import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createClass } from '../../../src/core/labels/classes.ts'
import { listJournal, undo } from '../../../src/core/labels/journal.ts'
import { checkDatabase } from '../../../src/core/projects/check/check-database.ts'
import type { Problem } from '../../../src/contract/entities.ts'
import { insertImages, readLabels, temporaryFolder, testContext } from '../test-project.ts'

it.each([15, 60, 140])(
  'kill -9 while labelling (after %i labels) loses none that was answered',
  async (after) => {
    const context = testContext()
    const path = join(temporaryFolder(), 'a.thaw')
    const project = context.projects.create(path)
    insertImages(
      project,
      Array.from({ length: 20_000 }, (_, index) => ({ relativePath: `${index}.jpg` })),
    )
    createClass(context, project, 'cat')
    await context.projects.close(project.id)

    const child = spawn(process.execPath, [join(import.meta.dirname, 'label-for-ever.ts'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.split('\n').length > after) child.kill('SIGKILL')
    })
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    expect([code, signal]).toEqual([null, 'SIGKILL'])

    // A last line without its end was not answered whole.
    const answered = output.split('\n').slice(0, -1).map(Number)
    expect(answered.length).toBeGreaterThanOrEqual(after)
    const again = context.projects.open(path)
    const labels = readLabels(again)
    expect(answered.filter((id) => labels.get(id) !== 'cat')).toEqual([])
    const labelled = [...labels.values()].filter((label) => label !== null).length
    // At most the one label in flight is there without its answer.
    expect(labelled - answered.length).toBeLessThanOrEqual(1)
    expect(listJournal(again, 1).entries[0]).toMatchObject({ kind: 'labels.set', undone: false })
    const problems: Problem[] = []
    checkDatabase(again, false, (problem) => problems.push(problem))
    expect(problems).toEqual([])
    undo(context, again)
    expect([...readLabels(again).values()].filter((label) => label !== null).length).toBe(labelled - 1)
  },
)
