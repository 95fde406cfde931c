import type { commandGroups } from './commands.ts'

/** Keys that always do the same, beside the commands: for the list of shortcuts. */
export const fixedKeys = [
  { group: 'grid', name: 'move', keys: ['left', 'right', 'up', 'down'] },
  { group: 'grid', name: 'extend', keys: ['shift+right', 'shift+down'] },
  { group: 'grid', name: 'ends', keys: ['home', 'end'] },
  { group: 'grid', name: 'page', keys: ['pageup', 'pagedown'] },
  { group: 'label', name: 'class', keys: ['1', '2', '3'] },
  { group: 'label', name: 'also', keys: ['alt+1', 'alt+2', 'alt+3'] },
  { group: 'queue', name: 'turn', keys: ['alt+up', 'alt+down'] },
  { group: 'queue', name: 'unqueue', keys: ['delete'] },
] as const satisfies readonly {
  group: (typeof commandGroups)[number] | 'queue'
  name: string
  keys: readonly string[]
}[]

/** Whether no command may get it: it moves, selects, leaves, or goes to the next field. */
export function isFixedKey(key: string): boolean {
  const own = key.slice(key.lastIndexOf('+') + 1)
  if (key.includes('alt+')) return false
  return ['left', 'right', 'up', 'down', 'home', 'end', 'pageup', 'pagedown', 'tab', 'escape'].includes(own)
}
