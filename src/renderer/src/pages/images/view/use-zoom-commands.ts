import type { Ref } from 'vue'
import { useCommands } from '../../../commands/command-handlers.ts'
import { fitted, zoomStep, type Zoom } from './zoom-geometry.ts'
import type ZoomPane from './ZoomPane.vue'

/** Of the pane, for one command. */
const panStep = 0.15

/**
 * Has the commands that zoom and move carried out on a pane.
 *
 * @param pane the one that is meant now
 * @param zoom its zoom, which other panes may share
 * @returns what the zoom controls emit, as their listeners
 */
export function useZoomCommands(
  pane: () => InstanceType<typeof ZoomPane> | null | undefined,
  zoom: Ref<Zoom>,
) {
  const listeners = {
    in: () => pane()?.zoomBy(zoomStep),
    out: () => pane()?.zoomBy(1 / zoomStep),
    fit: () => void (zoom.value = fitted),
    actual: () => pane()?.actualSize(),
  }
  useCommands({
    'view.zoomIn': listeners.in,
    'view.zoomOut': listeners.out,
    'view.fit': listeners.fit,
    'view.actual': listeners.actual,
    'view.panLeft': () => pane()?.pan(-panStep, 0),
    'view.panRight': () => pane()?.pan(panStep, 0),
    'view.panUp': () => pane()?.pan(0, -panStep),
    'view.panDown': () => pane()?.pan(0, panStep),
  })
  return listeners
}
