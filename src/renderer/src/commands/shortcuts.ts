import { canMeet, commands, type Command, type CommandId } from './commands.ts'

/** What a person changed: a command's keys in place of its own; an empty list takes them all away. */
export type ChangedShortcuts = Readonly<Record<string, readonly string[]>>

/** The keys of a command now. */
export function keysOf(command: Command, changed: ChangedShortcuts): readonly string[] {
  return changed[command.id] ?? command.keys
}

/** Commands by key, in the order of the list. */
export function commandsByKey(changed: ChangedShortcuts): Map<string, Command[]> {
  const byKey = new Map<string, Command[]>()
  for (const command of commands) {
    for (const key of keysOf(command, changed)) byKey.set(key, [...(byKey.get(key) ?? []), command])
  }
  return byKey
}

/** The commands that would get the same key at the same time as `command`, `command` itself left out. */
export function conflictsOf(command: Command, key: string, changed: ChangedShortcuts): Command[] {
  return commands.filter(
    (other) => other.id !== command.id && keysOf(other, changed).includes(key) && canMeet(command, other),
  )
}

/**
 * With `key` given to `command` and taken from those that it would meet there.
 * @returns what is to be kept: commands whose keys are their own again are left out
 */
export function withKey(command: Command, key: string, changed: ChangedShortcuts): ChangedShortcuts {
  const next: Record<string, readonly string[]> = { ...changed }
  for (const other of conflictsOf(command, key, changed)) {
    next[other.id] = keysOf(other, changed).filter((held) => held !== key)
  }
  next[command.id] = [...keysOf(command, changed).filter((held) => held !== key), key]
  return withoutOwn(next)
}

/** With `key` taken from `command`. */
export function withoutKey(command: Command, key: string, changed: ChangedShortcuts): ChangedShortcuts {
  return withoutOwn({ ...changed, [command.id]: keysOf(command, changed).filter((held) => held !== key) })
}

/**
 * With the command's own keys again. Those that another command got meanwhile go back to it.
 */
export function withOwnKeys(command: Command, changed: ChangedShortcuts): ChangedShortcuts {
  const next: Record<string, readonly string[]> = { ...changed, [command.id]: command.keys }
  for (const key of command.keys) {
    for (const other of conflictsOf(command, key, changed)) {
      next[other.id] = keysOf(other, next).filter((held) => held !== key)
    }
  }
  return withoutOwn(next)
}

function withoutOwn(changed: Record<string, readonly string[]>): ChangedShortcuts {
  const own = new Map<CommandId | string, readonly string[]>(commands.map(({ id, keys }) => [id, keys]))
  return Object.fromEntries(
    Object.entries(changed).filter(([id, keys]) => {
      const ownKeys = own.get(id)
      return ownKeys && !(ownKeys.length === keys.length && ownKeys.every((key) => keys.includes(key)))
    }),
  )
}
