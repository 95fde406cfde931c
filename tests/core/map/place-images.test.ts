import { expect, test } from 'vitest'
import { placeImages } from '../../../src/core/map/place-images.ts'
import { createRandom } from '../../../src/models/random.ts'

const width = 8

/** Rows of `groups` clouds far from each other, by turns. */
function clouds(images: number, groups: number): Float32Array {
  const random = createRandom({ seed: 3, purpose: 'clouds' })
  return Float32Array.from({ length: images * width }, (_, index) => {
    const group = Math.floor(index / width) % groups
    return random.normal(index % width === group ? 5 : 0, 0.2)
  })
}
const distance = (positions: Float32Array, a: number, b: number) =>
  Math.hypot(positions[a * 2]! - positions[b * 2]!, positions[a * 2 + 1]! - positions[b * 2 + 1]!)

test('what is alike lies together, in a square, the same each time', () => {
  const features = clouds(60, 3)
  const positions = placeImages(features, width)
  expect(placeImages(features, width)).toEqual(positions)
  expect(Math.min(...positions)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...positions)).toBeLessThanOrEqual(1)
  let right = 0
  for (let image = 0; image < 60; image += 1) {
    const others = Array.from({ length: 60 }, (_, other) => other).filter((other) => other !== image)
    const nearest = others.sort((a, b) => distance(positions, image, a) - distance(positions, image, b))[0]!
    right += Number(nearest % 3 === image % 3)
  }
  expect(right).toBeGreaterThanOrEqual(58)
})

test('images without features have no place, and a few images have one', () => {
  const features = clouds(12, 3).fill(NaN, 0, width)
  const positions = placeImages(features, width)
  expect([...positions.subarray(0, 2)]).toEqual([NaN, NaN])
  expect(positions.subarray(2).every((value) => value >= 0 && value <= 1)).toBe(true)
  for (const images of [0, 1, 2, 3]) {
    const few = placeImages(clouds(images, 2), width)
    expect(few).toHaveLength(images * 2)
    expect(few.every((value) => value >= 0 && value <= 1)).toBe(true)
  }
})

test('of many a part is laid out, and the others lie among those that they are like', () => {
  const images = 600
  const done: number[] = []
  const onProgress = (count: number) => done.push(count)
  const positions = placeImages(clouds(images, 2), width, { onProgress, mostLaidOut: 200 })
  expect(done.at(-1)).toBe(images)
  const groupOf = (image: number) => image % 2
  const centres = [0, 1].map((group) => {
    const members = Array.from({ length: images }, (_, image) => image).filter(
      (image) => groupOf(image) === group,
    )
    return [0, 1].map(
      (axis) => members.reduce((sum, image) => sum + positions[image * 2 + axis]!, 0) / members.length,
    )
  })
  const toCentre = (image: number, group: number) =>
    Math.hypot(positions[image * 2]! - centres[group]![0]!, positions[image * 2 + 1]! - centres[group]![1]!)
  const right = Array.from({ length: images }, (_, image) => image).filter(
    (image) => toCentre(image, groupOf(image)) < toCentre(image, 1 - groupOf(image)),
  )
  expect(right.length / images).toBeGreaterThan(0.98)
})
