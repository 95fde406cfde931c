import { expect, it, onTestFinished, vi } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import { useTurn } from '../../../src/renderer/src/composables/use-turn.ts'

it('a part gets its turn in a frame after it is wanted, and waits again where it was not wanted meanwhile', async () => {
  const frames: (() => void)[] = []
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
  const scope = effectScope()
  onTestFinished(() => {
    scope.stop()
    vi.unstubAllGlobals()
  })
  const draw = (): void => frames.shift()?.()
  const isWanted = shallowRef(false)
  const isTurn = scope.run(() => useTurn(() => isWanted.value))
  draw()
  expect(isTurn?.value).toBe(false)

  isWanted.value = true
  await nextTick()
  expect(isTurn?.value).toBe(false)
  draw()
  expect(isTurn?.value).toBe(true)

  isWanted.value = false
  await nextTick()
  expect(isTurn?.value).toBe(false)
  isWanted.value = true
  await nextTick()
  isWanted.value = false
  await nextTick()
  draw()
  expect(isTurn?.value).toBe(false)
})
