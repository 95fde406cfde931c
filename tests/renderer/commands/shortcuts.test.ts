import { describe, expect, test } from 'vitest'
import { reservedKeys } from '../../../src/contract/shortcuts.ts'
import { canMeet, commands, type Command } from '../../../src/renderer/src/commands/commands.ts'
import { isFixedKey } from '../../../src/renderer/src/commands/fixed-keys.ts'
import {
  commandsByKey,
  conflictsOf,
  keysOf,
  withKey,
  withOwnKeys,
  withoutKey,
} from '../../../src/renderer/src/commands/shortcuts.ts'
import { en } from '../../../src/renderer/src/locales/en.ts'

function command(id: string): Command {
  const found = commands.find((candidate) => candidate.id === id)
  if (!found) throw new Error(`no command ${id}`)
  return found
}

describe('the list of commands', () => {
  test('has each id once, each with a title', () => {
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length)
    for (const { id } of commands) {
      const [area = '', name = ''] = id.split('.')
      const titles: Record<string, Record<string, string>> = en.commands.titles
      expect(titles[area]?.[name], id).toBeTruthy()
    }
  })

  test('gives no key to two commands that can be given at the same time', () => {
    for (const one of commands) {
      for (const key of one.keys) expect(conflictsOf(one, key, {}), `${one.id}: ${key}`).toEqual([])
    }
  })

  test('takes single letters and digits only where classes cannot get them', () => {
    for (const { id, keys, scope } of commands) {
      for (const key of keys) {
        if (scope !== 'app' && /^[a-z0-9]$/.test(key)) expect(reservedKeys, `${id}: ${key}`).toContain(key)
      }
    }
  })
})

test('the grid and the large view never meet; both meet what is for images', () => {
  expect(canMeet(command('grid.open'), command('view.close'))).toBe(false)
  expect(canMeet(command('grid.open'), command('images.remove'))).toBe(true)
  expect(canMeet(command('train.start'), command('images.remove'))).toBe(false)
  expect(canMeet(command('train.start'), command('palette.open'))).toBe(true)
})

describe('changed shortcuts', () => {
  test('hold in place of the own ones', () => {
    const changed = withKey(command('label.train'), 'shift+t', {})
    expect(keysOf(command('label.train'), changed)).toEqual(['shift+t'])
    expect(commandsByKey(changed).get('shift+t')).toEqual([command('label.train')])
  })

  test('take the key from whoever had it there', () => {
    const changed = withKey(command('label.clear'), 'x', {})
    expect(keysOf(command('label.clear'), changed)).toEqual(['0', 'backspace', 'x'])
    expect(keysOf(command('images.remove'), changed)).toEqual(['delete'])
  })

  test('leave the key with a command that is never there at the same time', () => {
    const changed = withKey(command('view.next'), 'space', {})
    expect(keysOf(command('grid.toggle'), changed)).toEqual(['space'])
  })

  test('are forgotten where they are the own ones again', () => {
    const without = withoutKey(command('images.remove'), 'x', {})
    expect(without).toEqual({ 'images.remove': ['delete'] })
    expect(withKey(command('images.remove'), 'x', without)).toEqual({})
  })

  test('give own keys back, from whoever has them', () => {
    const moved = withKey(command('label.clear'), 'x', {})
    const reset = withOwnKeys(command('images.remove'), moved)
    expect(keysOf(command('images.remove'), reset)).toEqual(['delete', 'x'])
    expect(reset).toEqual({})
  })

  test('of commands that are no more are ignored', () => {
    expect(withoutKey(command('images.remove'), 'x', { 'was.once': ['q'] })).toEqual({
      'images.remove': ['delete'],
    })
  })
})

test('keys that move, leave or go to the next field stay what they are', () => {
  expect(['left', 'shift+down', 'tab', 'escape', 'ctrl+home'].every(isFixedKey)).toBe(true)
  expect(['space', 'enter', 'q', 'ctrl+k', 'alt+left'].some(isFixedKey)).toBe(false)
})
