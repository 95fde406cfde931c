import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createClass, deleteClass, ensureClasses, listClasses } from '../../../src/core/labels/classes.ts'
import { listJournal, recordCommand, redo, undo, undoTo } from '../../../src/core/labels/journal.ts'
import { removeImages } from '../../../src/core/labels/remove-images.ts'
import { mergeClasses } from '../../../src/core/labels/merge-classes.ts'
import { reorderClasses } from '../../../src/core/labels/reorder-classes.ts'
import { setLabels } from '../../../src/core/labels/set-labels.ts'
import { readStats } from '../../../src/core/projects/stats.ts'
import { setMarks } from '../../../src/core/labels/set-marks.ts'
import { splitOffClass } from '../../../src/core/labels/split-off-class.ts'
import { updateClass } from '../../../src/core/labels/update-class.ts'
import type { ImageFilter } from '../../../src/contract/image-query.ts'
import { getImages } from '../../../src/core/images/image-queries.ts'
import { listImages } from '../../../src/core/images/listing/list-images.ts'
import { insertImages, processorMs, readLabels, temporaryFolder, testContext } from '../test-project.ts'

function start(count = 4) {
  const context = testContext()
  const project = context.projects.create(join(temporaryFolder(), 'a.thaw'))
  const ids = insertImages(
    project,
    Array.from({ length: count }, (_, index) => ({ relativePath: `${index}.jpg` })),
  )
  return { context, project, ids }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('marks', () => {
  it('are set apart from each other, found by filters, and undone', async () => {
    const { context, project, ids } = start()
    expect(setMarks(context, project, ids.slice(0, 2), { flagged: true })).toBe(2)
    expect(setMarks(context, project, ids.slice(1, 3), { unsure: true, note: ' out of focus ' })).toBe(2)
    expect(setMarks(context, project, ids.slice(0, 2), { flagged: true })).toBe(0)
    expect(getImages(project, ids)).toMatchObject([
      { flagged: true, unsure: false, note: null },
      { flagged: true, unsure: true, note: 'out of focus' },
      { flagged: false, unsure: true, note: 'out of focus' },
      { flagged: false, unsure: false, note: null },
    ])
    const found = async (filter: ImageFilter) => (await listImages(project, { filter })).ids
    expect(await found({ flagged: true, noted: false })).toEqual([ids[0]])
    expect(await found({ unsure: false })).toEqual([ids[0], ids[3]])
    undo(context, project)
    expect(getImages(project, ids).map(({ note }) => note)).toEqual([null, null, null, null])
  })
})

describe('labels', () => {
  it('are set, replaced and taken away, each as one command', () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    const dog = createClass(context, project, 'dog')
    expect(setLabels(context, project, ids.slice(0, 3), cat.id)).toBe(3)
    expect(setLabels(context, project, ids.slice(2, 4), dog.id)).toBe(2)
    expect(setLabels(context, project, [ids[0] as number], null)).toBe(1)
    expect([...readLabels(project).values()]).toEqual([null, 'cat', 'dog', 'dog'])
    undo(context, project)
    undo(context, project)
    expect([...readLabels(project).values()]).toEqual(['cat', 'cat', 'cat', null])
    redo(context, project)
    expect([...readLabels(project).values()]).toEqual(['cat', 'cat', 'dog', 'dog'])
  })

  it('count only what changed, and what changes nothing is no command', () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    setLabels(context, project, ids.slice(0, 2), cat.id)
    expect(setLabels(context, project, ids, cat.id)).toBe(2)
    expect(setLabels(context, project, ids, cat.id)).toBe(0)
    expect(listJournal(project, 50).entries.map((entry) => entry.kind)).toEqual([
      'labels.set',
      'labels.set',
      'classes.create',
    ])
    undo(context, project)
    expect([...readLabels(project).values()]).toEqual(['cat', 'cat', null, null])
  })

  it('refuse classes and images that are not there', () => {
    const { context, project, ids } = start()
    expect(() => setLabels(context, project, ids, 99)).toThrow(
      expect.objectContaining({ code: 'class-not-found' }),
    )
    expect(() => setLabels(context, project, [12345], null)).toThrow(
      expect.objectContaining({ code: 'image-not-found' }),
    )
  })

  it('given to an image that became part of another one go to that one', () => {
    const { context, project, ids } = start()
    const [first, second] = ids as [number, number]
    const cat = createClass(context, project, 'cat')
    project.database
      .prepare("UPDATE images SET merged_into = ?, removed_at = 1, removed_by = 'duplicate' WHERE id = ?")
      .run(first, second)
    expect(setLabels(context, project, [second], cat.id)).toBe(1)
    expect(readLabels(project).get(first)).toBe('cat')
  })

  it('undo and redo pass over an image whose row is gone', () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    setLabels(context, project, ids, cat.id)
    undo(context, project)
    project.database.prepare('DELETE FROM images WHERE id = ?').run(ids[0])
    redo(context, project)
    expect([...readLabels(project).values()]).toEqual(['cat', 'cat', 'cat'])
  })

  it('of 10,000 images are set and undone in 500 ms each', () => {
    const { context, project, ids } = start(10_000)
    const cat = createClass(context, project, 'cat')
    expect(processorMs(() => setLabels(context, project, ids, cat.id))).toBeLessThan(500)
    expect(processorMs(() => undo(context, project))).toBeLessThan(500)
    expect([...readLabels(project).values()].every((label) => label === null)).toBe(true)
    expect(processorMs(() => redo(context, project))).toBeLessThan(500)
  })

  it('are told to the clients after the commit', async () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    await settle()
    context.events.length = 0
    project.transaction(() => {
      setLabels(context, project, ids.slice(0, 2), cat.id)
      expect(context.events).toEqual([])
    })
    await settle()
    expect(context.events).toContainEqual({
      name: 'images.changed',
      payload: { projectId: project.id, ids: ids.slice(0, 2) },
    })
    expect(context.events).toContainEqual({
      name: 'journal.changed',
      payload: { projectId: project.id, canUndo: true, canRedo: false },
    })
  })
})

describe('classes', () => {
  it('get distinct colours and the free keys in turn, never one that the interface needs', () => {
    const { context, project } = start()
    const classes = Array.from({ length: 30 }, (_, index) => createClass(context, project, `class ${index}`))
    expect(classes.slice(0, 11).map((item) => item.key)).toEqual([...'123456789', 'q', 'w'])
    const keys = classes.map((item) => item.key).filter((key) => key !== null)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.some((key) => 'urhjklox /?0'.includes(key))).toBe(false)
    expect(new Set(classes.slice(0, 20).map((item) => item.color)).size).toBe(20)
    deleteClass(context, project, classes[1]?.id as number)
    expect(createClass(context, project, 'again').key).toBe('2')
  })

  it('keep hostile names as they are', () => {
    const { context, project } = start()
    const names = [
      '<img src=x onerror=alert(1)>',
      `it's "quoted"; DROP TABLE classes;--`,
      'with  two spaces',
      '🦋 papillon',
      '\u202Eright to left\u202C',
      'שלום',
      '../../etc/passwd',
      '__proto__',
      'x'.repeat(200),
    ]
    for (const name of names) createClass(context, project, name)
    expect(listClasses(project).map((item) => item.name)).toEqual(names)
  })

  it('are trimmed and normalised, and unique after that', () => {
    const { context, project } = start()
    expect(createClass(context, project, '  cafe\u0301 ').name).toBe('caf\u00e9')
    expect(() => createClass(context, project, 'café')).toThrow(
      expect.objectContaining({ code: 'class-exists' }),
    )
    expect(createClass(context, project, 'Café').name).toBe('Café')
  })

  it.each(['', '   ', 'two\nlines', 'nul\0', 'bell\u0007', '\u200f', 'line\u2028separator', 'x'.repeat(201)])(
    'cannot be called %j',
    (name) => {
      const { context, project } = start()
      expect(() => createClass(context, project, name)).toThrow(
        expect.objectContaining({ code: 'class-name-invalid' }),
      )
    },
  )

  it('get another colour and key; a class that had the key loses it', () => {
    const { context, project } = start()
    const cat = createClass(context, project, 'cat')
    const dog = createClass(context, project, 'dog')
    updateClass(context, project, dog.id, { key: '1', color: '#123456' })
    expect(listClasses(project)).toMatchObject([
      { id: cat.id, key: null },
      { id: dog.id, key: '1', color: '#123456' },
    ])
    expect(() => updateClass(context, project, cat.id, { key: 'u' })).toThrow(
      expect.objectContaining({ code: 'class-key-invalid' }),
    )
    expect(undo(context, project)).toMatchObject({ kind: 'classes.update' })
    expect(listClasses(project).map(({ key }) => key)).toEqual(['1', '2'])
  })

  it('are put in another order, merged and split off, each as one command', () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    const dog = createClass(context, project, 'dog')
    const owl = createClass(context, project, 'owl')
    setLabels(context, project, ids.slice(0, 2), cat.id)
    setLabels(context, project, ids.slice(1, 3), dog.id, 'add')
    reorderClasses(context, project, [owl.id, cat.id, dog.id])
    expect(listClasses(project).map(({ name }) => name)).toEqual(['owl', 'cat', 'dog'])
    expect(() => reorderClasses(context, project, [owl.id, owl.id, dog.id])).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    )
    expect(mergeClasses(context, project, dog.id, cat.id)).toBe(2)
    expect(listClasses(project)).toMatchObject([
      { name: 'owl', images: 0 },
      { name: 'cat', images: 3 },
    ])
    expect(splitOffClass(context, project, ids.slice(2), 'kitten')).toMatchObject({
      name: 'kitten',
      images: 2,
    })
    expect([...readLabels(project).values()]).toEqual(['cat', 'cat', 'kitten', 'kitten'])
    undo(context, project)
    undo(context, project)
    expect(getImages(project, ids).map(({ classIds }) => classIds)).toEqual([
      [cat.id],
      [cat.id, dog.id],
      [dog.id],
      [],
    ])
    expect(undoTo(context, project, null)).toBe(6)
    expect(listClasses(project)).toEqual([])
  })

  it('can be renamed and deleted, and undone with their labels', () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    const dog = createClass(context, project, 'dog')
    setLabels(context, project, ids.slice(0, 2), cat.id)
    setLabels(context, project, ids.slice(2, 3), dog.id)
    removeImages(context, project, [ids[1] as number])
    expect(updateClass(context, project, cat.id, { name: 'kitten' })).toMatchObject({
      name: 'kitten',
      images: 1,
    })
    expect(() => updateClass(context, project, cat.id, { name: 'dog' })).toThrow(
      expect.objectContaining({ code: 'class-exists' }),
    )
    expect(deleteClass(context, project, cat.id)).toBe(1)
    expect(listClasses(project).map((item) => item.name)).toEqual(['dog'])
    expect(() => deleteClass(context, project, cat.id)).toThrow(
      expect.objectContaining({ code: 'class-not-found' }),
    )
    expect(undo(context, project)).toMatchObject({ kind: 'classes.delete', undone: true })
    expect(readStats(project)).toMatchObject({
      images: 3,
      labelled: 2,
      classes: [
        { name: 'kitten', count: 1 },
        { name: 'dog', count: 1 },
      ],
    })
    undo(context, project)
    undo(context, project)
    expect(listClasses(project)).toMatchObject([
      { id: cat.id, name: 'cat', images: 2, color: cat.color, key: '1' },
      { id: dog.id, name: 'dog', images: 1 },
    ])
  })
})

describe('journal', () => {
  it('says when there is nothing to undo or redo', () => {
    const { context, project } = start()
    expect(() => undo(context, project)).toThrow(expect.objectContaining({ code: 'nothing-to-undo' }))
    createClass(context, project, 'cat')
    expect(() => redo(context, project)).toThrow(expect.objectContaining({ code: 'nothing-to-redo' }))
  })

  it('forgets what was undone once another command is given, for good', () => {
    const { context, project } = start()
    for (const name of ['a', 'b', 'c']) createClass(context, project, name)
    undo(context, project)
    undo(context, project)
    createClass(context, project, 'd')
    undo(context, project)
    redo(context, project)
    expect(() => redo(context, project)).toThrow(expect.objectContaining({ code: 'nothing-to-redo' }))
    expect(listClasses(project).map((item) => item.name)).toEqual(['a', 'd'])
    expect(listJournal(project, 50)).toMatchObject({ canUndo: true, canRedo: false })
  })

  it('survives a restart, both ways', async () => {
    const { context, project, ids } = start()
    const cat = createClass(context, project, 'cat')
    setLabels(context, project, ids, cat.id)
    removeImages(context, project, ids.slice(0, 2))
    undo(context, project)
    undo(context, project)
    await context.projects.close(project.id)
    const again = context.projects.open(project.path)
    expect(listJournal(again, 50)).toMatchObject({ canUndo: true, canRedo: true })
    redo(context, again)
    redo(context, again)
    expect([...readLabels(again).values()]).toEqual(['cat', 'cat'])
    undo(context, again)
    undo(context, again)
    undo(context, again)
    expect(listClasses(again)).toEqual([])
    expect([...readLabels(again).values()]).toEqual([null, null, null, null])
  })

  it('takes a whole import back and brings it again, without what left it by itself', () => {
    const { context, project, ids } = start()
    const { database } = project
    project.transaction(() => {
      const { lastInsertRowid } = database
        .prepare(
          "INSERT INTO imports (source, storage, labels_from, split_from, started_at) VALUES ('/p', 'link', 'folder', 'none', 1)",
        )
        .run()
      const importId = Number(lastInsertRowid)
      const { ids: classes, payload, inverse } = ensureClasses(project, ['ant', 'bee', 'ant'])
      expect([...classes.keys()]).toEqual(['ant', 'bee'])
      const imported = insertImages(
        project,
        ['x', 'y', 'z'].map((name) => ({ relativePath: `ant/${name}.jpg`, className: 'ant' })),
      )
      database.prepare('UPDATE images SET import_id = ? WHERE id > ?').run(importId, ids.at(-1))
      recordCommand(context, project, {
        kind: 'images.import',
        payload: [
          ...payload,
          { do: 'show-import', importId },
          { do: 'labels', groups: [{ classIds: [classes.get('ant') as number], imageIds: imported }] },
        ],
        inverse: [{ do: 'hide-import', importId }, ...inverse],
        summary: { images: 3 },
      })
      database
        .prepare("UPDATE images SET removed_at = 1, removed_by = 'unreadable' WHERE id = ?")
        .run(imported[2])
    })
    expect(readStats(project)).toMatchObject({ images: 6, labelled: 2 })
    undo(context, project)
    expect(readStats(project)).toMatchObject({ images: 4, labelled: 0, classes: [] })
    redo(context, project)
    expect(readStats(project)).toMatchObject({
      images: 6,
      labelled: 2,
      classes: [
        { name: 'ant', count: 2 },
        { name: 'bee', count: 0 },
      ],
    })
  })
})
