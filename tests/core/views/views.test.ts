import { join } from 'node:path'
import { expect, it } from 'vitest'
import { redo, undo } from '../../../src/core/labels/journal.ts'
import { deleteView, listViews, saveView } from '../../../src/core/views/views.ts'
import { temporaryFolder, testContext } from '../test-project.ts'

const newest = { by: 'imported' as const, descending: true }
const byPath = { by: 'path' as const, descending: false }
const settle = () => new Promise((resolve) => setTimeout(resolve))

it('views are saved, changed and deleted, each as a command that can be undone', async () => {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const flagged = saveView(context, project, {
    name: ' Flagged ',
    filter: { flagged: true },
    sort: newest,
    grouping: 'class',
  })
  expect(flagged).toEqual({
    id: 1,
    name: 'Flagged',
    filter: { flagged: true },
    sort: newest,
    grouping: 'class',
  })
  saveView(context, project, { name: 'All', filter: {}, sort: byPath, grouping: 'none' })
  expect(listViews(project).map(({ name }) => name)).toEqual(['All', 'Flagged'])
  expect(() =>
    saveView(context, project, { name: 'All', filter: {}, sort: byPath, grouping: 'none' }),
  ).toThrow(expect.objectContaining({ code: 'view-exists' }))
  expect(() => saveView(context, project, { name: ' ', filter: {}, sort: byPath, grouping: 'none' })).toThrow(
    expect.objectContaining({ code: 'view-name-invalid' }),
  )
  saveView(context, project, {
    viewId: 1,
    name: 'Flagged',
    filter: { flagged: true, text: 'owl' },
    sort: byPath,
    grouping: 'none',
  })
  deleteView(context, project, 2)
  expect(listViews(project)).toEqual([
    { id: 1, name: 'Flagged', filter: { flagged: true, text: 'owl' }, sort: byPath, grouping: 'none' },
  ])
  expect(() => deleteView(context, project, 2)).toThrow(expect.objectContaining({ code: 'view-not-found' }))
  expect(undo(context, project)).toMatchObject({ kind: 'views.delete' })
  expect(undo(context, project)).toMatchObject({ kind: 'views.update' })
  expect(listViews(project)).toMatchObject([
    { name: 'All' },
    { filter: { flagged: true }, sort: newest, grouping: 'class' },
  ])
  undo(context, project)
  undo(context, project)
  expect(listViews(project)).toEqual([])
  redo(context, project)
  expect(listViews(project)).toMatchObject([{ id: 1, name: 'Flagged' }])
  await settle()
  expect(context.events.filter(({ name }) => name === 'views.changed').length).toBe(9)
})

it('views of older programs keep their order', () => {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const insert = project.database.prepare('INSERT INTO saved_views (name, filter, sort) VALUES (?, ?, ?)')
  insert.run('1', '{"classIds":[null]}', 'newest')
  insert.run('2', '{}', 'size')
  insert.run('3', '{}', 'class')
  // Of a newer program: shown as far as this one knows it.
  insert.run('4', '{"flagged":true}', '{"by":"smell","grouping":"split"}')
  expect(listViews(project).map(({ sort, grouping }) => [sort, grouping])).toEqual([
    [newest, 'none'],
    [{ by: 'pixels', descending: true }, 'none'],
    [{ by: 'class', descending: false }, 'none'],
    [byPath, 'split'],
  ])
  expect(listViews(project)[0]).toMatchObject({ filter: { classIds: [null] } })
})
