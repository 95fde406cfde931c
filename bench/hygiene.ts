/**
 * The whole hygiene scan of 10,000 drawn JPEG files of 640x480: seconds after an import, which has measured them already, and seconds where nothing
 * was measured yet; then the look at neighbours, which computes the features that training wants too. Beside it cleanvision (`peers/`), which reads
 * the files. Seconds on processors are told too, as they move less on a machine that is shared.
 *
 *     node bench/hygiene.ts [--images 10000]
 */
import { join } from 'node:path'
import Database from 'better-sqlite3'
import type { Core } from '../src/core/create-core.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { drawnJpegs } from './drawn-jpegs.ts'
import { coreWithoutTrainer, importInto } from './imported-project.ts'
import { benchOptions } from './options.ts'
import { peerPython, peerScript } from './peers.ts'
import { processorSeconds } from './processor-seconds.ts'
import { lastLine, report, runCommand, withTemporaryFolder } from './thaw.ts'

const { images } = benchOptions({ images: 10_000 })
const mostSeconds = 40
const mostSecondsWithNeighbours = 120

interface Taken {
  seconds: number
  /** Of this process and of those that it started. */
  onProcessors: number
}

/** Opens a core for some work and closes it, so that all processes of it have ended and are counted. */
async function timed(core: Core, work: (core: Core) => Promise<number>): Promise<Taken> {
  const before = processorSeconds()
  let seconds: number
  try {
    seconds = await work(core)
  } finally {
    await core.close()
  }
  return { seconds, onProcessors: processorSeconds() - before }
}

const text = ({ seconds, onProcessors }: Taken): string =>
  `${seconds.toFixed(1)} s (${onProcessors.toFixed(1)} s on processors)`

const files = await drawnJpegs(images)
await withTemporaryFolder(async (folder) => {
  const path = join(folder, 'bench.thaw')
  const scan = async (core: Core): Promise<number> => {
    const { id: projectId } = await core.request('projects.open', { path })
    const start = performance.now()
    const { pairs } = await core.request('hygiene.scan', { projectId })
    const { kinds } = await core.request('hygiene.summary', { projectId })
    const seconds = (performance.now() - start) / 1000
    const findings = kinds.reduce((sum, kind) => sum + kind.findings, 0)
    console.log(`      ${pairs} pairs, ${findings} findings`)
    return seconds
  }
  const findNeighbours = async (core: Core): Promise<number> => {
    const { id: projectId } = await core.request('projects.open', { path })
    const start = performance.now()
    await core.request('hygiene.findNeighbours', { projectId })
    return (performance.now() - start) / 1000
  }

  const read = await timed(
    coreWithoutTrainer(folder),
    async (core) => (await importInto(core, path, files)).seconds,
  )
  console.log(`      imported, and measured from the same decode, in ${text(read)}`)
  const after = await timed(coreWithoutTrainer(folder), scan)
  report(
    `hygiene of ${images} images, measured when they were read`,
    text(after),
    `<= ${mostSeconds} s`,
    after.seconds <= mostSeconds,
  )

  const database = new Database(join(path, 'project.sqlite'))
  database.exec('DELETE FROM near_duplicates; DELETE FROM image_measurements; DELETE FROM image_layouts')
  database.close()
  const whole = await timed(coreWithoutTrainer(folder), scan)
  report(
    'the same, measured now from their thumbnails',
    text(whole),
    `<= ${mostSeconds} s`,
    whole.seconds <= mostSeconds,
  )

  const neighbours = await timed(createHeadlessCore({ host: 'memory' }).core, findNeighbours)
  const withNeighbours = whole.seconds + neighbours.seconds
  report(
    'the same with neighbours by features at 224 pixels',
    `${withNeighbours.toFixed(1)} s; neighbours alone ${text(neighbours)}`,
    `<= ${mostSecondsWithNeighbours} s`,
    withNeighbours <= mostSecondsWithNeighbours,
  )

  const python = await peerPython()
  if (!python) return
  const output = await runCommand(python, [peerScript('cleanvision-scan.py'), files])
  const peer = JSON.parse(lastLine(output.value)) as {
    seconds: number
    processorSeconds: number
    issues: number
  }
  console.log(
    `      cleanvision: ${text({ seconds: peer.seconds, onProcessors: peer.processorSeconds })}, ${peer.issues} issues; ` +
      `${(peer.seconds / whole.seconds).toFixed(1)} times as long, ${(peer.processorSeconds / whole.onProcessors).toFixed(1)} on processors`,
  )
})
