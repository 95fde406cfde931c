import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Manifest, ManifestImage } from '../../../src/contract/jobs.ts'
import { createRandom } from '../../../src/models/random.ts'

/** Pixels of a drawn picture's side. */
export const side = 224
/** Of the object in a picture, pixels. */
export const radius = 34

/** Where the object of a picture is, as shares of its sides; null: it has none. */
export type Place = { readonly x: number; readonly y: number } | null

/** Writes a picture of a grassy ground, with or without a chequered ball on it. */
export async function drawObject(
  folder: string,
  name: string,
  place: Place,
): Promise<{ path: string; sha256: string }> {
  mkdirSync(folder, { recursive: true })
  const random = createRandom({ seed: 3, purpose: name })
  const pixels = Buffer.alloc(side * side * 3)
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const ground = [80, 120, 70].map((level) => level + random.uniform(-30, 30))
      const [dx, dy] = place ? [x - place.x * side, y - place.y * side] : [side, side]
      const light = (Math.floor(dx / 12) + Math.floor(dy / 12)) % 2 === 0
      const color = Math.hypot(dx, dy) > radius ? ground : light ? [250, 250, 250] : [200, 20, 30]
      pixels.set(
        color.map((level) => Math.max(0, Math.min(255, level))),
        (y * side + x) * 3,
      )
    }
  }
  const bytes = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
  const path = join(folder, `${name}.png`)
  writeFileSync(path, bytes)
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Pictures of both kinds to train with, the ball anywhere. */
export async function drawObjects(folder: string, train: number, validation: number): Promise<Manifest> {
  const images: ManifestImage[] = []
  for (let index = 0; index < train + validation; index += 1) {
    const random = createRandom({ seed: 5, purpose: 'place', item: index })
    const classIndex = index % 2
    const place = classIndex === 1 ? { x: random.uniform(0.2, 0.8), y: random.uniform(0.2, 0.8) } : null
    const split = index < train ? ('train' as const) : ('validation' as const)
    const relativePath = `${split}-${index}`
    images.push({ ...(await drawObject(folder, relativePath, place)), relativePath, classIndex, split })
  }
  return { classes: ['ground', 'ball'], images }
}
