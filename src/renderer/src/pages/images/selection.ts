/**
 * Which images are selected, as file managers do it. Positions are indexes into the list of ids that is shown; what is
 * selected are ids, so that it outlives another order. All functions return a new state.
 */
export interface Selection {
  readonly selected: ReadonlySet<number>
  /** Where a range starts. */
  readonly anchor: number
  /** Where the keyboard is; -1 in an empty list. */
  readonly focus: number
}

export const emptySelection: Selection = { selected: new Set(), anchor: 0, focus: 0 }

function clamp(index: number, length: number): number {
  return Math.min(Math.max(index, 0), length - 1)
}

/** A click: this one alone. */
export function selectOnly(ids: readonly number[], index: number): Selection {
  const id = ids[index]
  return { selected: new Set(id === undefined ? [] : [id]), anchor: index, focus: index }
}

/** Ctrl-click and space. */
export function toggle(state: Selection, ids: readonly number[], index: number): Selection {
  const id = ids[index]
  if (id === undefined) return state
  const selected = new Set(state.selected)
  if (!selected.delete(id)) selected.add(id)
  return { selected, anchor: index, focus: index }
}

/** Shift-click and shift-arrow: from the anchor to here, in place of the rest or `add`ed to it. */
export function extendTo(state: Selection, ids: readonly number[], index: number, add = false): Selection {
  if (ids.length === 0) return state
  const to = clamp(index, ids.length)
  const anchor = clamp(state.anchor, ids.length)
  const selected = new Set(add ? state.selected : [])
  for (let at = Math.min(anchor, to); at <= Math.max(anchor, to); at++) selected.add(ids[at] as number)
  return { selected, anchor, focus: to }
}

/** Arrows: the focus moves and takes the selection with it, unless `keep` (ctrl). */
export function moveFocus(state: Selection, ids: readonly number[], index: number, keep = false): Selection {
  if (ids.length === 0) return state
  const to = clamp(index, ids.length)
  return keep ? { ...state, focus: to } : selectOnly(ids, to)
}

export function selectAll(state: Selection, ids: readonly number[]): Selection {
  return { ...state, selected: new Set(ids) }
}

export function selectNone(state: Selection): Selection {
  return { ...state, selected: new Set() }
}

/** A drag box: `base` and everything at `indexes`. */
export function selectBox(base: Selection, ids: readonly number[], indexes: readonly number[]): Selection {
  const selected = new Set(base.selected)
  for (const index of indexes) {
    const id = ids[index]
    if (id !== undefined) selected.add(id)
  }
  const last = indexes.at(-1)
  return { selected, anchor: indexes[0] ?? base.anchor, focus: last ?? base.focus }
}

/**
 * After the list changed. The focus stays on its image where that is still shown and at its place where not, so that
 * labelling away what the filter shows leads to the next one. Ids that are not shown any more are not selected any more.
 */
export function reconcile(state: Selection, before: readonly number[], after: readonly number[]): Selection {
  if (after.length === 0) return { selected: new Set(), anchor: 0, focus: -1 }
  const focusedId = before[state.focus]
  const found = focusedId === undefined ? -1 : after.indexOf(focusedId)
  const focus = found >= 0 ? found : clamp(state.focus, after.length)
  if (state.selected.size === 0) return { selected: state.selected, anchor: focus, focus }
  const selected = new Set(after.filter((id) => state.selected.has(id)))
  return { selected, anchor: focus, focus }
}

/** The ids a command acts on, in the order shown: the selection, else the focused image. */
export function targets(state: Selection, ids: readonly number[]): number[] {
  if (state.selected.size === 1) return [...state.selected]
  if (state.selected.size > 0) return ids.filter((id) => state.selected.has(id))
  const focused = ids[state.focus]
  return focused === undefined ? [] : [focused]
}
