import { expect, it } from 'vitest'
import { dataFolder } from '../../../src/core/host/data-folder.ts'

it('is THAW_HOME, or the place of the platform', () => {
  expect(dataFolder({ THAW_HOME: '/x/y' }, 'linux', '/home/a')).toBe('/x/y')
  expect(dataFolder({}, 'linux', '/home/a')).toBe('/home/a/.local/share/thaw')
  expect(dataFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/thaw')
  expect(dataFolder({}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Application Support/Thaw')
  expect(dataFolder({ APPDATA: '/r' }, 'win32', '/u')).toBe('/r/Thaw')
})
