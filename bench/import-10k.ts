/**
 * Import of 10,000 drawn 640x480 JPEG files: seconds until they can be seen, filtered and labelled, images a second behind
 * that, and the latter beside what a loop over sharp makes of the same files in the same run: hash and thumbnail, nothing measured or
 * stored. Where other work shares the machine, the processor's time for each image is what can be compared.
 *
 *     node bench/import-10k.ts [number of files]
 *     node bench/import-10k.ts --registered 100000   that many links to the files, and only until they can be labelled
 */
import { execFileSync, spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { drawnJpegs } from './drawn-jpegs.ts'
import type { Core } from '../src/core/create-core.ts'
import { coreWithoutTrainer } from './imported-project.ts'

const processes = Math.min(2, availableParallelism())
const self = fileURLToPath(import.meta.url)

/** sharp alone. Prints images a second, and milliseconds of the processor for each. */
async function thumbnailsAlone(folder: string, part: number, parts: number): Promise<void> {
  sharp.concurrency(1)
  sharp.cache(false)
  const files = listFiles(folder).filter((_, index) => index % parts === part)
  let next = 0
  async function lane(): Promise<void> {
    for (let file = files[next++]; file !== undefined; file = files[next++]) {
      const bytes = readFileSync(file)
      hash('sha256', bytes, 'hex')
      await sharp(bytes).resize(256, 256, { fit: 'inside' }).jpeg().toBuffer()
    }
  }
  const start = performance.now()
  const before = process.cpuUsage()
  await Promise.all([lane(), lane()])
  const { user, system } = process.cpuUsage(before)
  const rate = files.length / ((performance.now() - start) / 1000)
  process.stdout.write(JSON.stringify({ rate, cpuMs: (user + system) / 1000 / files.length }))
}

const ticksPerSecond = 100

/** Seconds of the processor that the children of this process took; null where the system does not tell. */
function childrenSeconds(): number | null {
  try {
    const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ')
    const ticks = children.map((pid) => {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      return Number(fields[11]) + Number(fields[12])
    })
    return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond
  } catch {
    // Not on Linux.
    return null
  }
}

/** A folder with links to the drawn files, each under several names. */
function linkedFiles(folder: string, count: number, files: readonly string[]): string {
  for (let index = 0; index < count; index += 1) {
    const file = files[index % files.length] as string
    const target = join(folder, basename(dirname(file)))
    if (index < files.length) mkdirSync(target, { recursive: true })
    linkSync(file, join(target, `${Math.floor(index / files.length)}-${basename(file)}`))
  }
  return folder
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

async function measureRegistration(count: number): Promise<void> {
  const drawn = listFiles(await drawnJpegs(10_000))
  // Links cannot leave the disk.
  const folder = mkdtempSync(join(dirname(dirname(dirname(drawn[0] as string))), 'links-'))
  const core = coreWithoutTrainer(folder)
  try {
    const source = linkedFiles(join(folder, 'pictures'), count, drawn)
    const { id: projectId } = await core.request('projects.create', { path: join(folder, 'bench.thaw') })
    const { jobId, seconds } = await importUntilLabelled(projectId, core, source, count)
    await core.request('jobs.cancel', { projectId, jobId })
    await core.request('images.importReport', { projectId, jobId }).catch(() => undefined)
    console.log(JSON.stringify({ files: count, registrationSeconds: Number(seconds.toFixed(2)) }))
  } finally {
    await core.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Imports, lists, filters and labels. @returns seconds until all of it was answered */
async function importUntilLabelled(
  projectId: string,
  core: Core,
  source: string,
  count: number,
): Promise<{ jobId: string; seconds: number }> {
  const start = performance.now()
  const { jobId } = await core.request('images.import', { projectId, source })
  const { ids } = await core.request('images.ids', { projectId, filter: {} })
  const { classes: named } = await core.request('classes.list', { projectId })
  const [first] = named
  if (!first) throw new Error('no classes')
  const filtered = await core.request('images.ids', { projectId, filter: { classIds: [first.id] } })
  await core.request('labels.set', { projectId, imageIds: filtered.ids.slice(0, 100), classId: first.id })
  if (ids.length !== count) throw new Error(`expected ${count} images, got ${ids.length}`)
  return { jobId, seconds: (performance.now() - start) / 1000 }
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
    const { jobId, seconds: registration } = await importUntilLabelled(projectId, core, files, count)
    const coreBefore = process.cpuUsage()
    const report = await core.request('images.importReport', { projectId, jobId })
    const total = (performance.now() - start) / 1000
    const coreUsed = process.cpuUsage(coreBefore)
    const workersSeconds = childrenSeconds()
    const behind = report.imported / (total - registration)
    if (report.imported !== count) throw new Error(`expected ${count} images, got ${report.imported}`)
    const idsStart = performance.now()
    await core.request('images.ids', { projectId, filter: {} })
    const idsMs = performance.now() - idsStart
    const answers = await Promise.all(
      Array.from({ length: processes }, (_, part) => runSelf('alone', files, part, processes)),
    )
    const parts = answers.map((answer) => JSON.parse(answer) as { rate: number; cpuMs: number })
    const alone = parts.reduce((sum, { rate }) => sum + rate, 0)
    const aloneCpuMs = parts.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / parts.length
    const coreCpuMs = (coreUsed.user + coreUsed.system) / 1000 / count
    const workersCpuMs = workersSeconds === null ? null : (workersSeconds * 1000) / count
    console.log(
      JSON.stringify({
        files: count,
        processes,
        registrationSeconds: Number(registration.toFixed(2)),
        backgroundImagesPerSecond: Math.round(behind),
        sharpAloneImagesPerSecond: Math.round(alone),
        ratioToSharpAlone: Number((behind / alone).toFixed(2)),
        cpuMsAnImage: {
          core: Number(coreCpuMs.toFixed(2)),
          workers: workersCpuMs === null ? null : Number(workersCpuMs.toFixed(2)),
          sharpAlone: Number(aloneCpuMs.toFixed(2)),
        },
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
else if (command === '--registered') await measureRegistration(Number(rest[0]))
else await measure(Number(command ?? 10_000))
