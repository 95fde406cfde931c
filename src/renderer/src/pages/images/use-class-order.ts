import { ref } from 'vue'
import { toastError } from '../../composables/use-errors.ts'
import { useClassesStore } from '../../stores/classes.ts'
import { moved } from './class-order.ts'

/** The order of classes, changed by dragging one or by Alt and the arrow keys. */
export function useClassOrder() {
  const classes = useClassesStore()
  /** Index of the one that is dragged, and of the one it is over; -1: none. */
  const dragged = ref(-1)
  const over = ref(-1)

  function moveTo(from: number, to: number): void {
    if (from === to || to < 0 || to >= classes.classes.length) return
    const order = moved(
      classes.classes.map(({ id }) => id),
      from,
      to,
    )
    classes.reorder(order).catch(toastError)
  }

  function onDragStart(event: DragEvent, index: number): void {
    dragged.value = index
    if (!event.dataTransfer) return
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', classes.classes[index]?.name ?? '')
  }

  function onDragOver(event: DragEvent, index: number): void {
    if (dragged.value < 0) return
    event.preventDefault()
    over.value = index
  }

  function onDrop(index: number): void {
    if (dragged.value >= 0) moveTo(dragged.value, index)
    onDragEnd()
  }

  function onDragEnd(): void {
    dragged.value = -1
    over.value = -1
  }

  function onKeyDown(event: KeyboardEvent, index: number): void {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    moveTo(index, index + (event.key === 'ArrowUp' ? -1 : 1))
  }

  return { dragged, over, moveTo, onDragStart, onDragOver, onDrop, onDragEnd, onKeyDown }
}
