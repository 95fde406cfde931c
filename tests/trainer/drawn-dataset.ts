import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Split } from '../../src/contract/entities.ts'
import type { Manifest, ManifestImage } from '../../src/contract/jobs.ts'
import { createRandom } from '../../src/models/random.ts'

const side = 96

/** Writes pictures of two kinds, stripes and spots with noise, and their manifest. */
export async function drawDataset(folder: string, counts: Record<Split, number>): Promise<Manifest> {
  const images: ManifestImage[] = []
  mkdirSync(folder, { recursive: true })
  for (const split of ['train', 'validation', 'test'] as const) {
    for (let index = 0; index < counts[split]; index += 1) {
      const classIndex = index % 2
      const relativePath = `${split}-${index}.jpg`
      const bytes = await draw(classIndex, `${split} ${index}`)
      const path = join(folder, relativePath)
      writeFileSync(path, bytes)
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      images.push({ path, sha256, relativePath, classIndex, split })
    }
  }
  return { classes: ['stripes', 'spots'], images }
}

function draw(kind: number, purpose: string): Promise<Buffer> {
  const random = createRandom({ seed: 7, purpose })
  const period = random.uniform(8, 16)
  const pixels = Buffer.alloc(side * side * 3)
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const wave = Math.sin((x * 6.28) / period)
      const value = kind === 0 ? wave : wave * Math.sin((y * 6.28) / period)
      for (let c = 0; c < 3; c += 1) {
        const noisy = 128 + 70 * value + random.uniform(-40, 40)
        pixels[(y * side + x) * 3 + c] = Math.max(0, Math.min(255, noisy))
      }
    }
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toBuffer()
}
