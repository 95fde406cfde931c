import { join } from 'node:path'
import { expect, it } from 'vitest'
import { redo, undo } from '../../../src/core/labels/journal.ts'
import { deleteView, listViews, saveView } from '../../../src/core/views/views.ts'
import { temporaryFolder, testContext } from '../test-project.ts'

const settle = () => new Promise((resolve) => setTimeout(resolve))

it('views are saved, changed and deleted, each as a command that can be undone', async () => {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const flagged = saveView(context, project, { name: ' Flagged ', filter: { flagged: true }, sort: 'newest' })
  expect(flagged).toEqual({ id: 1, name: 'Flagged', filter: { flagged: true }, sort: 'newest' })
  saveView(context, project, { name: 'All', filter: {}, sort: 'path' })
  expect(listViews(project).map(({ name }) => name)).toEqual(['All', 'Flagged'])
  expect(() => saveView(context, project, { name: 'All', filter: {}, sort: 'path' })).toThrow(
    expect.objectContaining({ code: 'view-exists' }),
  )
  expect(() => saveView(context, project, { name: ' ', filter: {}, sort: 'path' })).toThrow(
    expect.objectContaining({ code: 'view-name-invalid' }),
  )
  saveView(context, project, {
    viewId: 1,
    name: 'Flagged',
    filter: { flagged: true, text: 'owl' },
    sort: 'path',
  })
  deleteView(context, project, 2)
  expect(listViews(project)).toEqual([
    { id: 1, name: 'Flagged', filter: { flagged: true, text: 'owl' }, sort: 'path' },
  ])
  expect(() => deleteView(context, project, 2)).toThrow(expect.objectContaining({ code: 'view-not-found' }))
  expect(undo(context, project)).toMatchObject({ kind: 'views.delete' })
  expect(undo(context, project)).toMatchObject({ kind: 'views.update' })
  expect(listViews(project)).toMatchObject([{ name: 'All' }, { filter: { flagged: true }, sort: 'newest' }])
  undo(context, project)
  undo(context, project)
  expect(listViews(project)).toEqual([])
  redo(context, project)
  expect(listViews(project)).toMatchObject([{ id: 1, name: 'Flagged' }])
  await settle()
  expect(context.events.filter(({ name }) => name === 'views.changed').length).toBe(9)
})
