import { expect, it, onTestFinished, vi } from 'vitest'
import { drawSoon, forgetDrawing } from '../../../src/renderer/src/charts/draw-queue.ts'

it('charts take turns: each is drawn once, as many in a frame as have room in it, and none that has gone', () => {
  const frames: (() => void)[] = []
  let now = 0
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame))
  vi.spyOn(performance, 'now').mockImplementation(() => now)
  onTestFinished(() => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })
  const drawn: string[] = []
  const chart = (name: string, ms: number) => () => {
    drawn.push(name)
    now += ms
  }
  const [quick, slow, last, gone] = [chart('quick', 1), chart('slow', 30), chart('last', 1), chart('gone', 1)]
  for (const draw of [quick, slow, quick, last, gone]) drawSoon(draw)
  forgetDrawing(gone)
  frames.shift()?.()
  expect(drawn).toEqual(['quick', 'slow'])
  frames.shift()?.()
  expect(drawn).toEqual(['quick', 'slow', 'last'])
  expect(frames).toEqual([])
})
