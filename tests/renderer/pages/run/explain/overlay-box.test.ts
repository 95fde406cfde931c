import { describe, expect, it } from 'vitest'
import { overlayBox } from '../../../../../src/renderer/src/pages/run/explain/overlay-box.ts'

describe('where a map lies on its image', () => {
  it('is all of it where the image was stretched to a square', () => {
    expect(overlayBox('stretch', { width: 300, height: 200 })).toEqual({
      left: 0,
      top: 0,
      width: 100,
      height: 100,
    })
  })

  it('is the middle square where the overhang was cut off', () => {
    const wide = overlayBox('cover', { width: 400, height: 200 })
    expect(wide).toEqual({ left: 25, top: 0, width: 50, height: 100 })
    const high = overlayBox('cover', { width: 200, height: 400 })
    expect(high).toEqual({ left: 0, top: 25, width: 100, height: 50 })
  })
})
