import { onBeforeUnmount, onMounted, shallowReactive } from 'vue'
import { commands, type CommandId } from './commands.ts'

export interface CommandHandler {
  run: () => void
  /** Whether it would do anything now; left out: always. */
  when?: () => boolean
}

export type CommandHandlers = Partial<Record<CommandId, CommandHandler | (() => void)>>

const active = shallowReactive(new Map<CommandId, CommandHandler>())
const otherKeys = new Set<(key: string) => boolean>()

/** Has these commands carried out by the component for as long as it is mounted. */
export function useCommands(handlers: CommandHandlers): void {
  const own = Object.entries(handlers).map(
    ([id, handler]) => [id as CommandId, typeof handler === 'function' ? { run: handler } : handler] as const,
  )
  onMounted(() => {
    for (const [id, handler] of own) active.set(id, handler)
  })
  onBeforeUnmount(() => {
    // The next page may have registered the same command already.
    for (const [id, handler] of own) if (active.get(id) === handler) active.delete(id)
  })
}

/** Offers keys that no command has, for as long as the component is mounted. @param take answers whether it did something */
export function useOtherKeys(take: (key: string) => boolean): void {
  onMounted(() => otherKeys.add(take))
  onBeforeUnmount(() => otherKeys.delete(take))
}

/** Whether somebody carries it out here and now. */
export function isAvailable(id: CommandId): boolean {
  const handler = active.get(id)
  return handler !== undefined && (handler.when?.() ?? true)
}

/** @returns whether it was carried out */
export function runCommand(id: CommandId): boolean {
  if (!isAvailable(id)) return false
  active.get(id)?.run()
  return true
}

/** Whether images are shown, so that keys without Ctrl are for them. */
export function showsImages(): boolean {
  return commands.some((command) => command.scope === 'images' && active.has(command.id))
}

export function offerKey(key: string): boolean {
  for (const take of otherKeys) if (take(key)) return true
  return false
}
