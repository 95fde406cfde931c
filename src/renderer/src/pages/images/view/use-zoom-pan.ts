import { onBeforeUnmount, onMounted, ref, shallowRef, type Ref } from 'vue'
import { clampZoom, panBy, toggleZoom, zoomAt, type Point, type Size, type Zoom } from './zoom-geometry.ts'

/** Wheel, drag, pinch and double click on a pane change `zoom`. */
export function useZoomPan(options: {
  pane: Readonly<Ref<HTMLElement | null>>
  /** Pixels of the picture; null while they are not known. */
  picture: () => Size | null
  zoom: Ref<Zoom>
}) {
  const size = shallowRef<Size>({ width: 0, height: 0 })
  const pixelRatio = ref(window.devicePixelRatio)
  const dragging = ref(false)
  const pointers = new Map<number, Point>()
  let pinch = 0

  function pointOf(event: MouseEvent): Point {
    const rect = options.pane.value?.getBoundingClientRect()
    return { x: event.clientX - (rect?.left ?? 0), y: event.clientY - (rect?.top ?? 0) }
  }

  function change(to: (picture: Size) => Zoom): void {
    const picture = options.picture()
    if (picture && size.value.width > 0) options.zoom.value = to(picture)
  }

  function onWheel(event: WheelEvent): void {
    event.preventDefault()
    // Lines and pages to pixels. A pinch on a touchpad comes as a wheel with ctrl, in small steps.
    const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? size.value.height : 1)
    const by = Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018))
    change((picture) => zoomAt(options.zoom.value, by, pointOf(event), size.value, picture, pixelRatio.value))
  }

  function spread(): number {
    const [a, b] = [...pointers.values()]
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }

  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return
    pointers.set(event.pointerId, pointOf(event))
    pinch = spread()
    options.pane.value?.setPointerCapture(event.pointerId)
  }

  function onPointerMove(event: PointerEvent): void {
    const before = pointers.get(event.pointerId)
    if (!before) return
    const now = pointOf(event)
    pointers.set(event.pointerId, now)
    dragging.value = true
    const share = pointers.size
    change((picture) => {
      const moved = panBy(
        options.zoom.value,
        (now.x - before.x) / share,
        (now.y - before.y) / share,
        size.value,
        picture,
        pixelRatio.value,
      )
      const wide = spread()
      if (share < 2 || pinch === 0 || wide === 0) return moved
      const by = wide / pinch
      pinch = wide
      const points = [...pointers.values()]
      const middle = {
        x: points.reduce((sum, point) => sum + point.x, 0) / share,
        y: points.reduce((sum, point) => sum + point.y, 0) / share,
      }
      return zoomAt(moved, by, middle, size.value, picture, pixelRatio.value)
    })
  }

  function onPointerUp(event: PointerEvent): void {
    pointers.delete(event.pointerId)
    pinch = spread()
    if (pointers.size === 0) dragging.value = false
  }

  function onDoubleClick(event: MouseEvent): void {
    change((picture) => toggleZoom(options.zoom.value, pointOf(event), size.value, picture, pixelRatio.value))
  }

  let observer: ResizeObserver | null = null
  onMounted(() => {
    const element = options.pane.value
    if (!element) return
    // Not passive: the page does not scroll along.
    element.addEventListener('wheel', onWheel, { passive: false })
    observer = new ResizeObserver(() => {
      size.value = { width: element.clientWidth, height: element.clientHeight }
      pixelRatio.value = window.devicePixelRatio
      change((picture) => clampZoom(options.zoom.value, size.value, picture, pixelRatio.value))
    })
    observer.observe(element)
    size.value = { width: element.clientWidth, height: element.clientHeight }
  })
  onBeforeUnmount(() => {
    observer?.disconnect()
    options.pane.value?.removeEventListener('wheel', onWheel)
  })

  return { size, pixelRatio, dragging, change, onPointerDown, onPointerMove, onPointerUp, onDoubleClick }
}
