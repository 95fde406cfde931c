/**
 * Import of 10,000 drawn 640x480 JPEG files: seconds until they can be seen, filtered and labelled, images a second behind
 * that, and the latter beside what sharp alone makes of the same files in the same run.
 *
 *     node bench/import-10k.ts [number of files]
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import sharp from 'sharp'
import { createCore } from '../src/core/create-core.ts'
import { launchNodeProcess } from '../src/core/processes/launch-node-process.ts'
import { createRandom } from '../src/models/random.ts'
import { drawPicture } from '../src/imaging/draw-picture.ts'
import { sampleClass } from '../src/imaging/sample-classes.ts'

const classes = 10
const basePictures = 60
const baseSize = 900
const processes = Math.min(2, availableParallelism())
const self = fileURLToPath(import.meta.url)

/** Each file is another part of one of a few large drawn pictures; drawn once, into the user's cache folder. */
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

/** sharp alone: thumbnails of the same files, nothing hashed, written or stored. */
async function thumbnailsAlone(folder: string, part: number, parts: number): Promise<void> {
  sharp.concurrency(1)
  sharp.cache(false)
  const files = listFiles(folder).filter((_, index) => index % parts === part)
  let next = 0
  async function lane(): Promise<void> {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      await sharp(file).resize(256, 256, { fit: 'inside' }).jpeg().toBuffer()
    }
  }
  const start = performance.now()
  await Promise.all([lane(), lane()])
  process.stdout.write(String(files.length / ((performance.now() - start) / 1000)))
}

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) =>
    readdirSync(join(folder, name)).map((file) => join(folder, name, file)),
  )
}

function runSelf(...args: (string | number)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [self, ...args.map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`exit status ${code}`))))
  })
}

async function measure(count: number): Promise<void> {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'thaw', 'bench')
  const files = join(cache, `jpeg-640x480-${count}`)
  if (!existsSync(join(cache, `jpeg-640x480-${count}.done`))) {
    console.log(`Drawing ${count} files into ${files} …`)
    const share = Math.ceil(count / processes)
    await Promise.all(
      Array.from({ length: processes }, (_, part) =>
        runSelf('draw', files, part * share, Math.min(count, (part + 1) * share)),
      ),
    )
    writeFileSync(join(cache, `jpeg-640x480-${count}.done`), '')
  }
  // Both sides read from memory: the disk is not what is compared.
  execFileSync('sh', ['-c', `cat "${files}"/*/*.jpg > /dev/null`])

  const folder = mkdtempSync(join(tmpdir(), 'thaw-bench-'))
  const core = createCore({
    dataDir: join(folder, 'home'),
    resourcesDir: folder,
    host: 'memory',
    version: '0.0.0',
    launchTrainer: () => {
      throw new Error('not used')
    },
    launchImaging: launchNodeProcess(new URL('../src/imaging/worker.ts', import.meta.url)),
    log: pino({ level: 'silent' }),
  })
  try {
    const project = await core.request('projects.create', { path: join(folder, 'bench.thaw') })
    const projectId = project.id
    const start = performance.now()
    const { jobId } = await core.request('images.import', { projectId, source: files })
    const { ids } = await core.request('images.ids', { projectId, filter: {} })
    const { classes: named } = await core.request('classes.list', { projectId })
    const [first] = named
    if (!first) throw new Error('no classes')
    const filtered = await core.request('images.ids', { projectId, filter: { classIds: [first.id] } })
    await core.request('labels.set', { projectId, imageIds: filtered.ids.slice(0, 100), classId: first.id })
    const registration = (performance.now() - start) / 1000
    const report = await core.request('images.importReport', { projectId, jobId })
    const total = (performance.now() - start) / 1000
    const behind = report.imported / (total - registration)
    if (ids.length !== count || report.imported !== count) {
      throw new Error(`expected ${count} images, got ${ids.length} and ${report.imported}`)
    }
    const idsStart = performance.now()
    await core.request('images.ids', { projectId, filter: {} })
    const idsMs = performance.now() - idsStart
    const rates = await Promise.all(
      Array.from({ length: processes }, (_, part) => runSelf('alone', files, part, processes)),
    )
    const alone = rates.reduce((sum, rate) => sum + Number(rate), 0)
    console.log(
      JSON.stringify({
        files: count,
        processes,
        registrationSeconds: Number(registration.toFixed(2)),
        backgroundImagesPerSecond: Math.round(behind),
        sharpAloneImagesPerSecond: Math.round(alone),
        ratioToSharpAlone: Number((behind / alone).toFixed(2)),
        allIdsMs: Number(idsMs.toFixed(1)),
      }),
    )
  } finally {
    await core.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const [command, ...rest] = process.argv.slice(2)
if (command === 'draw') await drawFiles(rest[0] ?? '', Number(rest[1]), Number(rest[2]))
else if (command === 'alone') await thumbnailsAlone(rest[0] ?? '', Number(rest[1]), Number(rest[2]))
else await measure(Number(command ?? 10_000))
