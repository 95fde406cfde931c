import { describe, expect, test } from 'vitest'
import { isPlainKey, keyOf, keyParts } from '../../../src/renderer/src/commands/key-of.ts'

function press(key: string, held: Partial<KeyboardEvent> = {}) {
  return { key, code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held }
}

describe('keyOf', () => {
  test('names modifiers in one order, and the Command key as ctrl', () => {
    expect(keyOf(press('Z', { ctrlKey: true, shiftKey: true }))).toBe('ctrl+shift+z')
    expect(keyOf(press('k', { metaKey: true }))).toBe('ctrl+k')
    expect(keyOf(press('ArrowUp', { altKey: true }))).toBe('alt+up')
    expect(keyOf(press(' ', { shiftKey: true }))).toBe('shift+space')
  })

  test('leaves shift out of a sign that it made, and takes a letter by caps lock for the letter', () => {
    expect(keyOf(press('?', { shiftKey: true }))).toBe('?')
    expect(keyOf(press('+', { shiftKey: true }))).toBe('+')
    expect(keyOf(press('Q'))).toBe('q')
  })

  test('takes what AltGr makes for the sign', () => {
    const getModifierState = (name: string) => name === 'AltGraph'
    expect(keyOf({ ...press('@', { ctrlKey: true, altKey: true }), getModifierState })).toBe('@')
  })

  test('names keys of other scripts by where they are', () => {
    expect(keyOf(press('я', { code: 'KeyZ', ctrlKey: true }))).toBe('ctrl+z')
  })

  test('is silent about modifiers alone and about what an input method takes', () => {
    expect(keyOf(press('Shift', { shiftKey: true }))).toBeNull()
    expect(keyOf(press('Dead'))).toBeNull()
    expect(keyOf(press('n', { isComposing: true }))).toBeNull()
  })
})

test('keyParts keeps a plus sign that is the key', () => {
  expect(keyParts('ctrl+shift+z')).toEqual(['ctrl', 'shift', 'z'])
  expect(keyParts('+')).toEqual(['+'])
  expect(keyParts('ctrl++')).toEqual(['ctrl', '+'])
})

test('a plain key types a sign; the question mark asks for help everywhere', () => {
  expect(['u', '/', '?', 'ctrl+z', 'escape'].map(isPlainKey)).toEqual([true, true, false, false, false])
})
