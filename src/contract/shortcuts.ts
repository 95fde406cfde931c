/**
 * Single keys that the interface keeps for itself wherever images are shown: select, leave, help, search, take the
 * label away, undo, redo, move, open, remove, zoom, the same as before, skip.
 */
export const reservedKeys = [
  ' ',
  '?',
  '/',
  '0',
  'u',
  'r',
  'h',
  'j',
  'k',
  'l',
  'o',
  'x',
  '+',
  '-',
  '=',
  '.',
  ',',
] as const

/** Keys that classes get, in this order; those after the last have none. */
export const classKeys: readonly string[] = [...'123456789', ...'qwertyuiopasdfghjklzxcvbnm'].filter(
  (key) => !(reservedKeys as readonly string[]).includes(key),
)
