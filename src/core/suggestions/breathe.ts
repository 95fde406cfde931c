import { setImmediate } from 'node:timers/promises'

/** Lets waiting requests have their turn: the process that suggests is the one that labels are stored by. */
export async function breathe(): Promise<void> {
  await setImmediate()
}
