import { onBeforeUnmount, shallowRef, type Ref } from 'vue'
import { indexesInBox, type Box, type GridGeometry } from './grid-geometry.ts'
import { selectBox, selectNone, type Selection } from './selection.ts'

const thresholdPx = 6
const edgePx = 32

/** Dragging over the grid selects what the box touches; at the edges it scrolls. A press without a drag is a click. */
export function useBoxSelection(options: {
  scroller: Readonly<Ref<HTMLElement | null>>
  geometry: Readonly<Ref<GridGeometry>>
  ids: () => readonly number[]
  selection: Ref<Selection>
  onClick: (event: PointerEvent) => void
}) {
  const box = shallowRef<Box | null>(null)
  let end: (() => void) | null = null

  function onPointerDown(down: PointerEvent): void {
    const element = options.scroller.value
    // The scroll bar is not the grid.
    if (down.button !== 0 || !element) return
    if (down.clientX > element.getBoundingClientRect().left + element.clientWidth) return
    const add = down.ctrlKey || down.metaKey || down.shiftKey
    const base = add ? options.selection.value : selectNone(options.selection.value)
    const rect = element.getBoundingClientRect()
    const start = { x: down.clientX - rect.left, y: down.clientY - rect.top + element.scrollTop }
    let pointer = { x: down.clientX, y: down.clientY }
    let dragging = false
    let frame = 0

    function update(): void {
      if (!element) return
      const x = Math.min(Math.max(pointer.x - rect.left, 0), element.clientWidth)
      const y = Math.min(Math.max(pointer.y - rect.top, 0), element.clientHeight) + element.scrollTop
      box.value = {
        left: Math.min(start.x, x),
        right: Math.max(start.x, x),
        top: Math.min(start.y, y),
        bottom: Math.max(start.y, y),
      }
      const ids = options.ids()
      options.selection.value = selectBox(base, ids, indexesInBox(options.geometry.value, box.value))
    }

    function scrollAtEdge(): void {
      if (!element) return
      const above = rect.top + edgePx - pointer.y
      const below = pointer.y - (rect.bottom - edgePx)
      const by = above > 0 ? -above : below > 0 ? below : 0
      if (by !== 0) {
        element.scrollTop += by / 2
        update()
      }
      frame = requestAnimationFrame(scrollAtEdge)
    }

    function onMove(move: PointerEvent): void {
      pointer = { x: move.clientX, y: move.clientY }
      if (!dragging) {
        if (Math.hypot(move.clientX - down.clientX, move.clientY - down.clientY) < thresholdPx) return
        dragging = true
        element?.setPointerCapture(down.pointerId)
        frame = requestAnimationFrame(scrollAtEdge)
      }
      update()
    }

    function onUp(up: PointerEvent): void {
      end?.()
      if (!dragging && up.type === 'pointerup') options.onClick(down)
    }

    end = () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
      window.removeEventListener('pointercancel', onUp)
      box.value = null
      end = null
    }
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    window.addEventListener('pointercancel', onUp)
  }

  onBeforeUnmount(() => end?.())
  return { box, onPointerDown }
}
