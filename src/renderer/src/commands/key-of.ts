type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> &
  Partial<Pick<KeyboardEvent, 'isComposing' | 'getModifierState'>>

const named: Record<string, string> = {
  ' ': 'space',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}
const modifiers = new Set(['Control', 'Meta', 'Alt', 'Shift', 'AltGraph', 'CapsLock', 'Fn', 'OS'])

/**
 * The name of what was pressed, such as `ctrl+shift+z`, `?` or `left`: ctrl is also the Command key of a Mac. Shift is
 * named beside letters and named keys, and not beside signs, which it made. Null for a modifier alone, and for what
 * an input method or a dead key takes.
 */
export function keyOf(event: KeyPress): string | null {
  if (event.isComposing || event.key === 'Dead' || event.key === 'Process' || modifiers.has(event.key)) {
    return null
  }
  const key = named[event.key] ?? letterOf(event) ?? event.key.toLowerCase()
  const printed = event.key.length === 1 && event.key !== ' '
  // AltGr is told as Ctrl with Alt, and makes the sign.
  const asPrinted = printed && (event.getModifierState?.('AltGraph') ?? false)
  const parts = []
  if ((event.ctrlKey || event.metaKey) && !asPrinted) parts.push('ctrl')
  if (event.altKey && !asPrinted) parts.push('alt')
  if (event.shiftKey && (!printed || /^[a-z]$/.test(key))) parts.push('shift')
  return [...parts, key].join('+')
}

/** On a keyboard of another script its keys are named by where they are. */
function letterOf({ key, code }: KeyPress): string | null {
  if (key.length !== 1 || key.charCodeAt(0) < 0x80) return null
  return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? null
}

/** `ctrl+shift+z` to its parts; the plus sign is a key too. */
export function keyParts(key: string): string[] {
  if (key === '+') return ['+']
  return key.endsWith('++') ? [...key.slice(0, -2).split('+'), '+'] : key.split('+')
}

/** A key that types a sign where a person types: it works only where images are shown, `?` apart. */
export function isPlainKey(key: string): boolean {
  return [...key].length === 1 && key !== '?'
}
