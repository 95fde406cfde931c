import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { drawPicture } from '../../src/imaging/draw-picture.ts'
import { drawSample, samplePath } from '../../src/imaging/draw-sample.ts'
import {
  maxSampleClasses,
  sampleClass,
  sampleShapes,
  sampleTextures,
} from '../../src/imaging/sample-classes.ts'
import { sampleFlaw, shownClass } from '../../src/imaging/sample-flaws.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'thaw-draw-'))
  folders.push(folder)
  return folder
}

describe('sampleClass', () => {
  it('gives a thousand classes different names', () => {
    expect(maxSampleClasses).toBeGreaterThanOrEqual(1000)
    const names = Array.from({ length: maxSampleClasses }, (_, index) => sampleClass(index).name)
    expect(new Set(names).size).toBe(maxSampleClasses)
    expect(names[0]).toBe('striped pebble')
  })

  it('reaches every texture and shape', () => {
    const all = Array.from({ length: 224 }, (_, index) => sampleClass(index))
    expect(new Set(all.map(({ texture }) => texture)).size).toBe(sampleTextures.length)
    expect(new Set(all.map(({ shape }) => shape)).size).toBe(sampleShapes.length)
    expect(new Set(all.map(({ name }) => name)).size).toBe(224)
  })
})

describe('drawPicture', () => {
  it('depends on seed and number alone', () => {
    const first = drawPicture(sampleClass(3), 32, 1, 7)
    expect(drawPicture(sampleClass(3), 32, 1, 7).equals(first)).toBe(true)
    expect(drawPicture(sampleClass(3), 32, 2, 7).equals(first)).toBe(false)
    expect(drawPicture(sampleClass(3), 32, 1, 8).equals(first)).toBe(false)
  })

  it('has contrast in every class', async () => {
    for (let index = 0; index < 224; index += 5) {
      const pixels = drawPicture(sampleClass(index), 48, 0, index)
      const { channels } = await sharp(pixels, { raw: { width: 48, height: 48, channels: 3 } }).stats()
      const [green] = channels.slice(1)
      expect(green?.stdev, sampleClass(index).name).toBeGreaterThan(8)
    }
  })

  it('does not tell the class by mean colour', () => {
    // The nearest class mean of mean colours, leaving each picture out of its own, as good as guessing would be 1 in 6.
    const perClass = 24
    const colors = Array.from({ length: 6 * perClass }, (_, item) => {
      const pixels = drawPicture(sampleClass(item % 6), 32, 0, item)
      const mean = [0, 0, 0]
      for (let at = 0; at < pixels.length; at += 1)
        mean[at % 3] = (mean[at % 3] ?? 0) + (pixels[at] ?? 0) / 1024
      return mean
    })
    let right = 0
    for (const [item, color] of colors.entries()) {
      let best = -1
      let nearest = Infinity
      for (let name = 0; name < 6; name += 1) {
        const others = colors.filter((_, other) => other % 6 === name && other !== item)
        const distance = [0, 1, 2].reduce((sum, channel) => {
          const mean = others.reduce((total, other) => total + (other[channel] ?? 0), 0) / others.length
          return sum + (mean - (color[channel] ?? 0)) ** 2
        }, 0)
        if (distance < nearest) {
          nearest = distance
          best = name
        }
      }
      if (best === item % 6) right += 1
    }
    expect(right / colors.length).toBeLessThan(0.35)
  })
})

describe('drawSample', () => {
  it('draws equal files in any parts', async () => {
    const whole = newFolder()
    const parts = newFolder()
    const plan = { seed: 5, sizePx: 24, classes: 3, flaws: false }
    await drawSample({ ...plan, folder: whole, from: 0, to: 9 })
    await drawSample({ ...plan, folder: parts, from: 4, to: 9 })
    await drawSample({ ...plan, folder: parts, from: 0, to: 4 })
    const names = readdirSync(whole, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.jpg'))
    expect(names).toHaveLength(9)
    for (const name of names) expect(readFileSync(join(parts, name))).toEqual(readFileSync(join(whole, name)))
  })

  it('spoils some pictures where it is asked to', async () => {
    const folder = newFolder()
    const [sizePx, classes] = [64, 3]
    const of = (flaw: string) =>
      Array.from({ length: 120 }, (_, index) => index).filter((index) => sampleFlaw(index, classes) === flaw)
    await drawSample({ seed: 5, sizePx, classes, flaws: true, folder, from: 0, to: 120 })
    const brightness = async (index: number) => {
      const { channels } = await sharp(samplePath(folder, index, classes)).stats()
      return channels.reduce((sum, { mean }) => sum + mean, 0) / channels.length
    }
    for (const index of of('dark')) expect(await brightness(index)).toBeLessThan(0.12 * 255)
    for (const index of of('bright')) expect(await brightness(index)).toBeGreaterThan(0.9 * 255)
    expect([of('dark').length, of('bright').length]).toEqual([2, 1])
    const wrong = of('mislabelled')
    expect(wrong).toHaveLength(8)
    // Each shows the class of the other of its pair, so every class keeps its count.
    expect(wrong.map((index) => shownClass(index, classes)).sort()).toEqual(
      wrong.map((index) => index % classes).sort(),
    )
    expect(wrong.every((index) => shownClass(index, classes) !== index % classes)).toBe(true)
  })
})
