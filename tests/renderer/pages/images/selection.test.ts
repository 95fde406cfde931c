import { describe, expect, test } from 'vitest'
import {
  emptySelection,
  extendTo,
  moveFocus,
  reconcile,
  selectAll,
  selectBox,
  selectNone,
  selectOnly,
  targets,
  toggle,
} from '../../../../src/renderer/src/pages/images/selection.ts'

const ids = [10, 20, 30, 40, 50]
const chosen = (state: { selected: ReadonlySet<number> }) => [...state.selected].sort((a, b) => a - b)

describe('selection', () => {
  test('a click takes one, ctrl adds and takes away', () => {
    let state = selectOnly(ids, 1)
    expect(chosen(state)).toEqual([20])
    state = toggle(state, ids, 3)
    expect(chosen(state)).toEqual([20, 40])
    state = toggle(state, ids, 1)
    expect(chosen(state)).toEqual([40])
  })

  test('shift takes the range from the anchor, again and again from the same one', () => {
    let state = selectOnly(ids, 2)
    state = extendTo(state, ids, 4)
    expect(chosen(state)).toEqual([30, 40, 50])
    state = extendTo(state, ids, 0)
    expect(chosen(state)).toEqual([10, 20, 30])
    expect(state).toMatchObject({ anchor: 2, focus: 0 })
  })

  test('ctrl and shift add a range', () => {
    let state = toggle(selectOnly(ids, 0), ids, 3)
    state = extendTo(state, ids, 4, true)
    expect(chosen(state)).toEqual([10, 40, 50])
  })

  test('a range stops at the ends of the list', () => {
    const state = extendTo(selectOnly(ids, 3), ids, 99)
    expect(chosen(state)).toEqual([40, 50])
    expect(state.focus).toBe(4)
  })

  test('arrows move and select; with ctrl they only move', () => {
    const moved = moveFocus(selectOnly(ids, 0), ids, 1)
    expect([chosen(moved), moved.focus]).toEqual([[20], 1])
    const kept = moveFocus(moved, ids, 4, true)
    expect([chosen(kept), kept.focus]).toEqual([[20], 4])
    expect(moveFocus(moved, ids, -7).focus).toBe(0)
  })

  test('all, none and a box', () => {
    expect(chosen(selectAll(emptySelection, ids))).toEqual(ids)
    expect(chosen(selectNone(selectAll(emptySelection, ids)))).toEqual([])
    const boxed = selectBox(selectOnly(ids, 0), ids, [3, 4, 9])
    expect(chosen(boxed)).toEqual([10, 40, 50])
  })

  test('commands act on the selection in the order shown, else on the focused one', () => {
    expect(targets(toggle(selectOnly(ids, 4), ids, 1), ids)).toEqual([20, 50])
    expect(targets({ ...emptySelection, focus: 2 }, ids)).toEqual([30])
    expect(targets(emptySelection, [])).toEqual([])
  })

  test('keeps its image when the order changes', () => {
    const state = reconcile(selectOnly(ids, 1), ids, [50, 40, 30, 20, 10])
    expect([chosen(state), state.focus]).toEqual([[20], 3])
  })

  test('goes to the next image when its own left the list', () => {
    const state = reconcile(selectOnly(ids, 1), ids, [10, 30, 40, 50])
    expect(chosen(state)).toEqual([])
    expect(targets(state, [10, 30, 40, 50])).toEqual([30])
    expect(reconcile(selectOnly(ids, 4), ids, [10]).focus).toBe(0)
    expect(reconcile(selectOnly(ids, 4), ids, []).focus).toBe(-1)
  })

  test('states are not changed in place', () => {
    const state = selectOnly(ids, 0)
    toggle(state, ids, 1)
    extendTo(state, ids, 4)
    expect(chosen(state)).toEqual([10])
  })
})
