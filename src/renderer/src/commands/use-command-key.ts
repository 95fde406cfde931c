import { useAppStore } from '../stores/app.ts'
import { commands, type CommandId } from './commands.ts'
import { keysOf } from './shortcuts.ts'

/** The first key of a command now, to be shown beside what does the same. */
export function useCommandKey(): (id: CommandId) => string | undefined {
  const app = useAppStore()
  return (id) => {
    const command = commands.find((candidate) => candidate.id === id)
    return command && keysOf(command, app.shortcuts)[0]
  }
}
