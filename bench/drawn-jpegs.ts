import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { drawPicture } from '../src/imaging/draw-picture.ts'
import { sampleClass } from '../src/imaging/sample-classes.ts'
import { createRandom } from '../src/models/random.ts'

const classes = 10
const basePictures = 60
const baseSize = 900
const self = fileURLToPath(import.meta.url)

/**
 * JPEG files of 640x480 in class folders: each is another part of one of a few large drawn pictures; drawn once, into the user's cache
 * folder.
 *
 * @returns the folder
 */
export async function drawnJpegs(count: number): Promise<string> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'thaw', 'bench')
  const folder = join(cache, `jpeg-640x480-${count}`)
  const done = `${folder}.done`
  if (existsSync(done)) return folder
  console.log(`Drawing ${count} files into ${folder} …`)
  const processes = Math.min(2, availableParallelism())
  const share = Math.ceil(count / processes)
  await Promise.all(
    Array.from({ length: processes }, (_, part) =>
      drawInProcess(folder, part * share, Math.min(count, (part + 1) * share)),
    ),
  )
  writeFileSync(done, '')
  return folder
}

function drawInProcess(folder: string, from: number, to: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [self, folder, String(from), String(to)], { stdio: 'inherit' })
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`exit status ${code}`))))
  })
}

async function drawFiles(folder: string, from: number, to: number): Promise<void> {
  sharp.concurrency(1)
  const bases = new Map<number, Buffer>()
  for (let index = from; index < to; index += 1) {
    const { name } = sampleClass(index % classes)
    const path = join(folder, name)
    mkdirSync(path, { recursive: true })
    const base = index % basePictures
    const pixels = bases.get(base) ?? drawPicture(sampleClass(base % classes), baseSize, 7, base)
    bases.set(base, pixels)
    const random = createRandom({ seed: 7, purpose: 'crop', item: index })
    const jpeg = await sharp(pixels, { raw: { width: baseSize, height: baseSize, channels: 3 } })
      .extract({
        left: random.integer(baseSize - 640),
        top: random.integer(baseSize - 480),
        width: 640,
        height: 480,
      })
      .linear(random.uniform(0.85, 1.1), random.uniform(-8, 8))
      .jpeg({ quality: 88 })
      .toBuffer()
    writeFileSync(join(path, `${index}.jpg`), jpeg)
  }
}

if (process.argv[1] === self) {
  const [folder = '', from = '', to = ''] = process.argv.slice(2)
  await drawFiles(folder, Number(from), Number(to))
}
