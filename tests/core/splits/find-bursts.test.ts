import { describe, expect, it } from 'vitest'
import { layoutBytes } from '../../../src/imaging/measure.ts'
import { createRandom } from '../../../src/models/random.ts'
import { findBursts, type TakenPicture } from '../../../src/core/splits/find-bursts.ts'

const side = 32
/** Another scene for each number, with its hash; `moved` cells to the right. */
const scenes = new Map<number, { layout: Uint8Array; perceptualHash: Uint8Array }>()
function addPicture(id: number, scene: number, moved: number): Uint8Array {
  const wide = createRandom({ seed: scene, purpose: 'scene' })
  const cells = Uint8Array.from({ length: side * side * 2 }, () => wide.integer(256))
  const layout = new Uint8Array(layoutBytes)
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) layout[y * side + x] = cells[y * side * 2 + x + moved] as number
  }
  const perceptualHash = new Uint8Array(8).fill(scene * 37)
  scenes.set(id, { layout, perceptualHash })
  return perceptualHash
}
const layoutOf = (id: number) => scenes.get(id)!.layout
const picture = (
  id: number,
  path: string,
  capturedAt: number | null,
  scene = 1,
  moved = 0,
): TakenPicture => ({
  id,
  path,
  capturedAt,
  perceptualHash: addPicture(id, scene, moved),
})

describe('bursts', () => {
  it('are pictures of a folder that follow each other within two seconds and show one scene, moved or not', () => {
    const pictures = [
      picture(1, '/a/x.jpg', 1000),
      picture(2, '/a/y.jpg', 2500, 1, 3),
      picture(3, '/a/z.jpg', 4000, 1, 6),
      picture(4, '/b/x.jpg', 1500),
      picture(5, '/a/other.jpg', 4500, 2),
      picture(6, '/a/later.jpg', 9000, 2),
    ]
    expect(findBursts(pictures, layoutOf)).toEqual([[1, 2, 3]])
  })

  it('last ten seconds at most', () => {
    const pictures = Array.from({ length: 14 }, (_, second) => picture(second, '/a/x.jpg', second * 1000))
    expect(findBursts(pictures, layoutOf).map(({ length }) => length)).toEqual([11, 3])
  })

  it('go by the numbers of names where no time is known', () => {
    const pictures = [
      picture(3, '/a/IMG_0102.jpg', null, 1, 2),
      picture(1, '/a/IMG_0100.jpg', null),
      picture(2, '/a/IMG_0101.jpg', null, 1, 1),
      // Not next, of another name, of another folder, not alike, with a time.
      picture(4, '/a/IMG_0104.jpg', null),
      picture(5, '/a/DSC_0103.jpg', null),
      picture(6, '/b/IMG_0103.jpg', null),
      picture(7, '/a/IMG_0105.jpg', null, 2),
      picture(8, '/a/IMG_0103.jpg', 5),
    ]
    expect(findBursts(pictures, layoutOf)).toEqual([[1, 2, 3]])
  })

  it('are no film: a long series without times is many', () => {
    const pictures = Array.from({ length: 50 }, (_, index) => picture(index, `/a/frame${index}.png`, null))
    expect(findBursts(pictures, layoutOf).map(({ length }) => length)).toEqual([20, 20, 10])
  })
})
