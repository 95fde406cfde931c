import { describe, expect, it } from 'vitest'
import { transformAffine } from '../../src/ml/augmentations/affine.ts'
import { blurGaussian, gaussianKernel } from '../../src/ml/augmentations/blur.ts'
import { scaleBrightness } from '../../src/ml/augmentations/brightness.ts'
import { scaleContrast } from '../../src/ml/augmentations/contrast.ts'
import { drawErasedBox, erase } from '../../src/ml/augmentations/erasing.ts'
import { createFastWords } from '../../src/ml/augmentations/fast-random.ts'
import { flipHorizontally } from '../../src/ml/augmentations/flip.ts'
import { shiftHue } from '../../src/ml/augmentations/hue.ts'
import { augmentations, createAugmenter } from '../../src/ml/augmentations/index.ts'
import {
  autoContrast,
  equalize,
  posterize,
  scaleSharpness,
  solarize,
} from '../../src/ml/augmentations/levels.ts'
import { addNoise } from '../../src/ml/augmentations/noise.ts'
import { shift } from '../../src/ml/augmentations/pad-and-crop.ts'
import type { Picture } from '../../src/ml/augmentations/picture.ts'
import { randAugmentOperations } from '../../src/ml/augmentations/rand-augment.ts'
import { cropAndResize, drawBox } from '../../src/ml/augmentations/random-resized-crop.ts'
import { turn } from '../../src/ml/augmentations/rotate.ts'
import { scaleSaturation } from '../../src/ml/augmentations/saturation.ts'
import { flipVertically } from '../../src/ml/augmentations/vertical-flip.ts'
import { createRandom } from '../../src/models/random.ts'
import { augmentationNames, parseAugmentations } from '../../src/models/training/augmentations.ts'

/** A picture whose three channels are equal, by its rows. */
function grey(...rows: number[][]): Picture {
  const pixels = Uint8Array.from(rows.flat().flatMap((level) => [level, level, level]))
  return { pixels, height: rows.length, width: rows[0]!.length }
}
function colors(...pixels: [number, number, number][]): Picture {
  return { pixels: Uint8Array.from(pixels.flat()), height: 1, width: pixels.length }
}
/** The rows of the first channel; the others must be equal to it. */
function rowsOf(pixels: Uint8Array, width: number): number[][] {
  const rows: number[][] = []
  for (let index = 0; index < pixels.length; index += 3) {
    expect([pixels[index + 1], pixels[index + 2]]).toEqual([pixels[index], pixels[index]])
    if ((index / 3) % width === 0) rows.push([])
    rows.at(-1)!.push(pixels[index]!)
  }
  return rows
}
function drawn(size = 32): Picture {
  const random = createRandom({ seed: 3, purpose: 'picture' })
  const pixels = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256))
  return { pixels, height: size, width: size }
}
const stream = (item = 0) => createRandom({ seed: 1, purpose: 'test', item })

describe('geometry, by hand', () => {
  const picture = grey([1, 2, 3], [4, 5, 6])

  it('flips left to right and top to bottom', () => {
    expect(rowsOf(flipHorizontally(picture), 3)).toEqual([
      [3, 2, 1],
      [6, 5, 4],
    ])
    expect(rowsOf(flipVertically(picture), 3)).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ])
    const colored = colors([1, 2, 3], [4, 5, 6])
    expect([...flipHorizontally(colored)]).toEqual([4, 5, 6, 1, 2, 3])
  })

  it.each([
    [
      1,
      0,
      [
        [0, 1, 2],
        [0, 4, 5],
      ],
    ],
    [
      -1,
      1,
      [
        [0, 0, 0],
        [2, 3, 0],
      ],
    ],
    [
      0,
      -1,
      [
        [4, 5, 6],
        [0, 0, 0],
      ],
    ],
    [
      3,
      0,
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
    [
      0,
      5,
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
  ])('shifts by %i and %i, with black behind', (right, down, rows) => {
    expect(rowsOf(shift(picture, right, down), 3)).toEqual(rows)
  })

  it('turns counter-clockwise, with black corners', () => {
    const square = grey([1, 2, 3], [4, 5, 6], [7, 8, 9])
    expect(rowsOf(turn(square, 90), 3)).toEqual([
      [3, 6, 9],
      [2, 5, 8],
      [1, 4, 7],
    ])
    expect(rowsOf(turn(square, 180), 3)).toEqual([
      [9, 8, 7],
      [6, 5, 4],
      [3, 2, 1],
    ])
    // A corner of the result is sqrt(2) from the middle; its source is 0.414 beyond the edge's middle pixel.
    const white = grey([100, 100, 100], [100, 100, 100], [100, 100, 100])
    const [[corner, edge]] = rowsOf(turn(white, 45), 3) as [[number, number]]
    expect(corner).toBe(Math.floor(100 * (1 - (Math.SQRT2 - 1)) + 0.5))
    expect(edge).toBe(100)
  })

  it('samples between pixels in proportion', () => {
    const two = grey([0, 100])
    expect(rowsOf(transformAffine(two, [1, 0, 0.25, 0, 1, 0]), 2)).toEqual([[25, 75]])
    expect(rowsOf(transformAffine(two, [1, 0, -0.5, 0, 1, 0]), 2)).toEqual([[0, 50]])
  })

  it('enlarges a box with half-pixel centres', () => {
    const four = grey([0, 100, 200, 250], [0, 100, 200, 250], [7, 7, 7, 7], [7, 7, 7, 7])
    const box = { top: 0, left: 1, height: 2, width: 2 }
    // Centres lie at -0.25, 0.25, 0.75 and 1.25 of the box: 100, 125, 175, 200.
    const row = [100, 125, 175, 200]
    expect(rowsOf(cropAndResize(four, box), 4)).toEqual([row, row, row, row])
    expect(cropAndResize(four, { top: 0, left: 0, height: 4, width: 4 })).toEqual(four.pixels)
  })

  it('draws boxes inside the picture, of the area that was asked for', () => {
    const picture = drawn(64)
    for (let item = 0; item < 300; item += 1) {
      for (const box of [drawBox(picture, 0.25, stream(item)), drawErasedBox(picture, stream(item))]) {
        const { top, left, height, width } = box!
        expect(Math.min(top, left)).toBeGreaterThanOrEqual(0)
        expect(top + height).toBeLessThanOrEqual(64)
        expect(left + width).toBeLessThanOrEqual(64)
      }
      const { height, width } = drawBox(picture, 0.25, stream(item))
      expect(height * width).toBeGreaterThan(0.25 * 64 * 64 * 0.93)
      expect(width / height).toBeGreaterThan(0.72)
      expect(width / height).toBeLessThan(1.39)
    }
  })
})

describe('colour, by hand', () => {
  it('scales brightness, and stays within 0 to 255', () => {
    expect(rowsOf(scaleBrightness(grey([0, 10, 101, 200]), 1.5), 4)).toEqual([[0, 15, 152, 255]])
  })

  it('scales contrast about the mean brightness', () => {
    // The mean is 100.
    expect(rowsOf(scaleContrast(grey([50, 100, 150]), 0.5), 3)).toEqual([[75, 100, 125]])
    expect(rowsOf(scaleContrast(grey([0, 100, 200]), 2), 3)).toEqual([[0, 100, 255]])
    // Luma of pure red is 76.245, of half as many: 38.
    expect([...scaleContrast(colors([255, 0, 0], [0, 0, 0]), 0)]).toEqual([38, 38, 38, 38, 38, 38])
  })

  it('scales saturation about the grey of each pixel', () => {
    // 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
    expect([...scaleSaturation(colors([200, 100, 50]), 0)]).toEqual([124, 124, 124])
    expect([...scaleSaturation(colors([200, 100, 50]), 0.5)]).toEqual([162, 112, 87])
    expect([...scaleSaturation(colors([200, 100, 50]), 2)]).toEqual([255, 76, 0])
  })

  it('turns hues, and leaves greys', () => {
    const picture = colors([255, 0, 0], [0, 255, 0], [10, 20, 30], [77, 77, 77])
    expect([...shiftHue(picture, 1 / 3)]).toEqual([0, 255, 0, 0, 0, 255, 30, 10, 20, 77, 77, 77])
    expect([...shiftHue(picture, -1 / 3)]).toEqual([0, 0, 255, 255, 0, 0, 20, 30, 10, 77, 77, 77])
    // Red by half of the circle is cyan.
    expect([...shiftHue(colors([200, 0, 0]), 0.5)]).toEqual([0, 200, 200])
    expect(shiftHue(drawn(), 0)).toEqual(drawn().pixels)
  })

  it('blurs with a Gaussian', () => {
    const kernel = gaussianKernel(1)
    expect(kernel).toHaveLength(7)
    expect(kernel[3]! / kernel[4]!).toBeCloseTo(Math.exp(0.5), 12)
    const rows = rowsOf(
      blurGaussian(grey([0, 0, 0], [0, 255, 0], [0, 0, 0]), Float64Array.of(0.25, 0.5, 0.25)),
      3,
    )
    expect(rows).toEqual([
      [16, 32, 16],
      [32, 64, 32],
      [16, 32, 16],
    ])
    // Beyond the edge its values go on.
    expect(rowsOf(blurGaussian(grey([100, 0, 0]), Float64Array.of(0.25, 0.5, 0.25)), 3)).toEqual([
      [75, 25, 0],
    ])
  })

  it('adds noise of the deviation that was asked for', () => {
    const mean = addNoise(grey([128, 128]), 20, () => 0x80808080)
    // Four bytes of 128 are 2 above the mean of 510: 2 * 20 / 147.8 = 0.27.
    expect([...mean]).toEqual([128, 128, 128, 128, 128, 128])
    expect(addNoise(grey([128]), 20, () => 0)[0]).toBe(Math.round(128 - (510 * 20) / Math.sqrt(21845)))
    const flat = { pixels: new Uint8Array(30_000).fill(128), height: 100, width: 100 }
    const noisy = addNoise(flat, 20, createFastWords(stream()))
    const average = noisy.reduce((sum, level) => sum + level, 0) / noisy.length
    const deviation = Math.sqrt(noisy.reduce((sum, level) => sum + (level - average) ** 2, 0) / noisy.length)
    expect(Math.abs(average - 128)).toBeLessThan(0.5)
    expect(Math.abs(deviation - 20)).toBeLessThan(0.5)
  })

  it('erases a box, and nothing else', () => {
    const picture = grey([1, 2, 3], [4, 5, 6])
    const erased = erase(picture, { top: 1, left: 0, height: 1, width: 2 }, () => 0x00030201)
    expect([...erased]).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 1, 2, 3, 1, 2, 3, 6, 6, 6])
    expect(rowsOf(picture.pixels, 3)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ])
  })

  it('posterizes, solarizes, spreads and equalizes levels', () => {
    expect(rowsOf(posterize(grey([255, 130, 7]), 4), 3)).toEqual([[240, 128, 0]])
    expect(rowsOf(solarize(grey([10, 128, 200]), 128), 3)).toEqual([[10, 127, 55]])
    expect(rowsOf(autoContrast(grey([100, 150, 200])), 3)).toEqual([[0, 128, 255]])
    expect(rowsOf(autoContrast(grey([9, 9, 9])), 3)).toEqual([[9, 9, 9]])
    // 510 pixels of 0 and 510 of 1: a step of 2, so 0 stays at floor(1 / 2) and 1 goes to floor(511 / 2).
    const half = { pixels: new Uint8Array(1020 * 3).fill(0).fill(1, 510 * 3), height: 1, width: 1020 }
    expect(new Set(equalize(half))).toEqual(new Set([0, 255]))
    expect(rowsOf(equalize(grey([1, 2, 3])), 3)).toEqual([[1, 2, 3]])
  })

  it('sharpens away from the smoothed middle', () => {
    // Smoothed: (8 * 13 + 5 * 26) / 13 = 18.
    const picture = grey([13, 13, 13], [13, 26, 13], [13, 13, 13])
    const middle = (factor: number) => scaleSharpness(picture, factor)[4 * 3]
    expect([middle(0), middle(1), middle(2)]).toEqual([18, 26, 34])
    expect(scaleSharpness(picture, 0)[0]).toBe(13)
  })
})

describe('RandAugment', () => {
  it('has the fourteen operations of the paper, which do nothing at no strength', () => {
    const names = Object.keys(randAugmentOperations)
    expect(names).toHaveLength(14)
    const picture = drawn()
    for (const name of names) {
      const { apply } = randAugmentOperations[name]!
      // These two know no strength; solarize inverts white alone, by its threshold of 255.
      if (name === 'equalize' || name === 'autoContrast' || name === 'solarize') continue
      expect(apply(picture, 0), name).toEqual(picture.pixels)
      if (name !== 'identity') expect(apply(picture, 1), name).not.toEqual(picture.pixels)
    }
  })

  it('shears and moves by the share of the magnitude', () => {
    const { translateX, shearX } = randAugmentOperations
    // round(150 / 331 * 4) = 2 pixels to the left.
    expect(rowsOf(translateX!.apply(grey([1, 2, 3, 4]), 1), 4)).toEqual([[3, 4, 0, 0]])
    // The rows are 1 above and below the middle: 0.3 of a pixel each way.
    const rows = rowsOf(shearX!.apply(grey([0, 100, 0], [0, 100, 0], [0, 100, 0]), 1), 3)
    expect(rows).toEqual([
      [0, 70, 30],
      [0, 100, 0],
      [30, 70, 0],
    ])
  })
})

describe('variants', () => {
  const picture = drawn()
  const key = { sha256: 'a1'.repeat(32), variant: 2 }
  const augment = (specification: string, seed = 5, changes: object = {}) =>
    createAugmenter(parseAugmentations(specification), seed).augment(picture, { ...key, ...changes })

  it.each(augmentationNames)('of %s are equal for equal seeds, and leave the picture alone', (name) => {
    const before = Uint8Array.from(picture.pixels)
    const specification =
      name === 'flip' || name === 'vertical-flip' || name === 'erasing' ? `${name}:1` : name
    const one = augment(specification)
    expect(one).toEqual(augment(specification))
    expect(one).toHaveLength(picture.pixels.length)
    expect(picture.pixels).toEqual(before)
    expect(Object.keys(augmentations)).toContain(name)
  })

  it.each(augmentationNames.filter((name) => !name.includes('flip')))(
    'of %s differ by seed, image and number',
    (name) => {
      const specification = name === 'erasing' ? 'erasing:1' : name
      const one = augment(specification)
      const differs = (other: Uint8Array): number => Number(!Buffer.from(one).equals(Buffer.from(other)))
      const others = Array.from({ length: 6 }, (_, index) => [
        augment(specification, 100 + index),
        augment(specification, 5, { variant: 100 + index }),
        augment(specification, 5, { sha256: `${index}b`.repeat(32) }),
      ])
      for (const kind of [0, 1, 2]) {
        expect(others.reduce((sum, row) => sum + differs(row[kind]!), 0)).toBeGreaterThanOrEqual(4)
      }
    },
  )

  it('flip about half of the images', () => {
    let flipped = 0
    for (let index = 0; index < 1000; index += 1) {
      const sha256 = (index * 7919).toString(16).padStart(8, '0').padEnd(64, '0')
      if (augment('flip', 0, { sha256 }) !== picture.pixels) flipped += 1
    }
    expect(flipped).toBeGreaterThan(430)
    expect(flipped).toBeLessThan(570)
  })

  it('go through their augmentations in order', () => {
    const augmenter = createAugmenter(parseAugmentations('flip:1,vertical-flip:1'), 0)
    const turned = augmenter.augment(picture, key)
    expect(turned).toEqual(turn(picture, 180))
    expect(augmenter.id).toBe('1 0 flip:1,vertical-flip:1')
  })

  it('stay as they are: caches and resumed runs depend on them', () => {
    const sum = (pixels: Uint8Array): number =>
      pixels.reduce((total, level, index) => (total + level * ((index % 97) + 1)) % 1_000_003, 0)
    expect(Object.fromEntries(augmentationNames.map((name) => [name, sum(augment(name))])))
      .toMatchInlineSnapshot(`
      {
        "blur": 148062,
        "brightness": 921345,
        "contrast": 141885,
        "crop": 269462,
        "erasing": 143702,
        "flip": 143702,
        "hue": 139643,
        "noise": 188962,
        "randaugment": 463531,
        "resized-crop": 877934,
        "rotate": 786442,
        "saturation": 148237,
        "vertical-flip": 143702,
      }
    `)
  })
})
