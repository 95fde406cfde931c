/**
 * Import of 10,000 drawn 640x480 JPEG files: seconds until they can be seen, filtered and labelled, images a second behind
 * that, and the latter beside what sharp alone makes of the same files in the same run.
 *
 *     node bench/import-10k.ts [number of files]
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { drawnJpegs } from './drawn-jpegs.ts'
import { coreWithoutTrainer } from './imported-project.ts'

const processes = Math.min(2, availableParallelism())
const self = fileURLToPath(import.meta.url)

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
  const files = await drawnJpegs(count)
  // Both sides read from memory: the disk is not what is compared.
  execFileSync('sh', ['-c', `cat "${files}"/*/*.jpg > /dev/null`])

  const folder = mkdtempSync(join(tmpdir(), 'thaw-bench-'))
  const core = coreWithoutTrainer(folder)
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
if (command === 'alone') await thumbnailsAlone(rest[0] ?? '', Number(rest[1]), Number(rest[2]))
else await measure(Number(command ?? 10_000))
