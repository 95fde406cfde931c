import { expect, test } from 'vitest'
import type { JournalEntry } from '../../../src/contract/entities.ts'
import { entrySentence } from '../../../src/renderer/src/stores/journal.ts'

function entry(kind: string, summary: JournalEntry['summary']): JournalEntry {
  return { id: 1, kind, summary, createdAt: 0, undone: false }
}

test('every kind of change is a sentence', () => {
  const sentences = [
    entry('labels.set', { images: 2, class: 'cat' }),
    entry('labels.set', { images: 1, class: null }),
    entry('labels.add', { images: 3, class: 'cat' }),
    entry('splits.set', { images: 1, split: 'test' }),
    entry('classes.merge', { images: 4, class: 'cat', from: 'kitten' }),
    entry('marks.set', { images: 1, flagged: null, unsure: 1, note: null }),
    entry('marks.set', { images: 2, flagged: null, unsure: null, note: 'blurred' }),
    entry('marks.set', { images: 1, flagged: null, unsure: null, note: null }),
  ].map(entrySentence)
  expect(sentences).toEqual([
    'Labelled 2 images as cat',
    'Removed the label of 1 image',
    'Also labelled 3 images as cat',
    'Put 1 image in Test',
    'Merged kitten into cat (4 images)',
    'Marked 1 image as not sure',
    'Wrote a note on 2 images',
    'Removed the note of 1 image',
  ])
})

test('a kind that this version does not know is named', () => {
  expect(entrySentence(entry('maps.fold', {}))).toBe('Change: maps.fold')
})
