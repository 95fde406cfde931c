import { computed, onBeforeUnmount, onMounted } from 'vue'
import { useAppStore } from '../stores/app.ts'
import { isAvailable, offerKey, runCommand, showsImages } from './command-handlers.ts'
import { isPlainKey, keyOf } from './key-of.ts'
import { commandsByKey } from './shortcuts.ts'

/** Turns keys into commands, once for the whole window. */
export function useCommandKeys(): void {
  const app = useAppStore()
  const byKey = computed(() => commandsByKey(app.shortcuts))

  function onKeyDown(event: KeyboardEvent): void {
    const key = keyOf(event)
    if (key === null || event.defaultPrevented || isCovered() || pressesTarget(event, key)) return
    const typing = isTextField(event.target)
    const command = (byKey.value.get(key) ?? []).find(
      ({ id, whileTyping, scope }) =>
        (!typing || whileTyping) &&
        isAvailable(id) &&
        (scope !== 'project' || !isPlainKey(key) || showsImages()),
    )
    if (command ? runCommand(command.id) : !typing && offerKey(key)) event.preventDefault()
  }

  onMounted(() => window.addEventListener('keydown', onKeyDown))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKeyDown))
}

/** What lies over the page has the keys for itself. */
function isCovered(): boolean {
  return document.querySelector('[role=dialog],[role=alertdialog],[role=menu],[role=listbox]') !== null
}

/** Enter and space press what they are on. */
function pressesTarget(event: KeyboardEvent, key: string): boolean {
  return (
    (key === 'enter' || key === 'space') &&
    event.target instanceof Element &&
    event.target.closest('button,a[href],summary,select,input,[role=button],[role=link]') !== null
  )
}

function isTextField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    (target instanceof HTMLElement && target.isContentEditable)
  )
}
