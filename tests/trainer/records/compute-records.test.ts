import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { parseAugmentations } from '../../../src/models/training/augmentations.ts'
import { createAugmenter } from '../../../src/ml/augmentations/index.ts'
import type { JobContext } from '../../../src/trainer/job-context.ts'
import { computeRecords, type HelperOptions } from '../../../src/trainer/records/compute-records.ts'
import { helpersFor } from '../../../src/trainer/records/helpers/helpers-for.ts'
import type { SourceImage } from '../../../src/trainer/records/record-maker.ts'
import { chooseEngine, testEngine } from '../../ml/engine.ts'
import { drawDataset } from '../drawn-dataset.ts'
import { quietContext, smallPart } from '../small-part.ts'
import { childrenOf } from '../../fixtures/children-of.ts'

const home = mkdtempSync(join(tmpdir(), 'thaw-compute-'))
/** So many that helpers have their part of them, however long they take to start. */
const count = 2400
/** Of a batch in this process: the engine of a slow machine. */
const batchMs = 50
const plan = () => ({ count: 2, threads: 1 })
const helped: HelperOptions = { worthSeconds: 0, plan }
const alone: HelperOptions = { worthSeconds: Infinity, plan }
const unreadable = [77, 677, 1277, 1877]
let images: SourceImage[]

beforeAll(async () => {
  await chooseEngine(testEngine)
  const drawn = await drawDataset(join(home, 'images'), { train: 30, validation: 0, test: 0 })
  const broken = { path: join(home, 'broken.jpg'), sha256: '' }
  writeFileSync(broken.path, 'no picture')
  images = Array.from({ length: count }, (_, index) => {
    const { path, sha256 } = drawn.images[index % 30]!
    if (unreadable.includes(index)) return broken
    return { path, sha256, variant: index % 3 === 0 ? null : index }
  })
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(home, { recursive: true, force: true }))

class Computation {
  readonly records = new Map<number, Buffer>()
  readonly skipped: number[] = []
  /** Batches that this process computed. */
  own = 0
  /** Records since its last one. */
  byHelpers = 0

  async run(
    options: HelperOptions,
    { context = quietContext() as JobContext, ms = batchMs, onRecord = () => {} } = {},
  ) {
    const part = smallPart()
    const compute = async (pixels: readonly Uint8Array[]): Promise<Uint8Array[]> => {
      this.own += 1
      this.byHelpers = -pixels.length
      await delay(ms)
      return part.compute(pixels)
    }
    const augmenter = createAugmenter(parseAugmentations('flip,crop:2'), 3)
    const sink = {
      onRecord: (position: number, record: Uint8Array) => {
        this.records.set(position, Buffer.from(record))
        this.byHelpers += 1
        onRecord()
      },
      onSkipped: (position: number) => void this.skipped.push(position),
    }
    try {
      await computeRecords(images, { part: { ...part, compute }, augmenter }, context, sink, options)
    } finally {
      part.dispose()
    }
    return this
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(20)
}

describe('records of many images', () => {
  let expected: Computation
  beforeAll(async () => void (expected = await new Computation().run(alone, { ms: 0 })))

  it('are the same and in the same order where helpers compute most of them', async () => {
    const shared = await new Computation().run(helped)
    expect(shared.own).toBeLessThan(expected.own)
    expect([...shared.records.keys()]).toEqual([...expected.records.keys()])
    expect([...shared.records].filter(([at, bytes]) => !expected.records.get(at)?.equals(bytes))).toEqual([])
    expect([shared.skipped, expected.skipped]).toEqual([unreadable, unreadable])
    await until(() => childrenOf(process.pid).length === 0)
  })

  it('are whole where helpers are killed at their work', async () => {
    const shared = new Computation()
    let killed: number[] = []
    await shared.run(helped, {
      onRecord() {
        if (killed.length > 0 || shared.byHelpers < 100) return
        killed = childrenOf(process.pid)
        for (const pid of killed) process.kill(pid, 'SIGKILL')
      },
    })
    expect(killed).toHaveLength(2)
    expect([...shared.records.keys()]).toEqual([...expected.records.keys()])
  })

  it.each([
    ['do not start', 'NODE_OPTIONS', '--no-such-option'],
    ['have no room for their weights', 'TMPDIR', join(home, 'nowhere')],
  ])('are computed without helpers that %s', async (_why, name, value) => {
    vi.stubEnv(name, value)
    const shared = await new Computation().run(helped, { ms: 0 })
    expect(shared.own).toBe(expected.own)
    expect(shared.records.size).toBe(expected.records.size)
  })

  it('are given up soon when the job is cancelled, and no helper stays', async () => {
    const shared = new Computation()
    let cancelled = 0
    const context = { ...quietContext(), cancelRequested: () => cancelled > 0 }
    const running = shared.run(helped, {
      context,
      onRecord() {
        if (cancelled === 0 && shared.byHelpers >= 100) cancelled = shared.records.size
      },
    })
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(shared.records.size).toBeLessThan(cancelled + 32)
    await until(() => childrenOf(process.pid).length === 0)
  })
})

it('helpers end with the process that started them, however that ends', async () => {
  const weights = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('thaw-helpers-'))
  const before = weights()
  const child = fork(fileURLToPath(new URL('start-helpers.ts', import.meta.url)), [], { execArgv: [] })
  await once(child, 'message')
  const helpers = childrenOf(child.pid!)
  expect(helpers).toHaveLength(2)
  await until(() => weights().length <= before.length)
  child.kill('SIGKILL')
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  await until(() => !helpers.some(isAlive))
})

describe('how many helpers there are', () => {
  const withProcessors = (processors: number, changes: Parameters<typeof smallPart>[0] = {}) => {
    vi.stubEnv('TF_NUM_INTRAOP_THREADS', String(processors))
    return helpersFor(smallPart(changes))
  }

  it.each([
    [1, 0, 0],
    [2, 2, 1],
    [3, 3, 1],
    [4, 4, 1],
    [8, 4, 2],
    [16, 4, 4],
  ])('on %i processors: %i of %i threads', (processors, helpers, threads) => {
    expect(withProcessors(processors)).toEqual({ count: helpers, threads })
  })

  it('none for pixels, and none on a graphics card', () => {
    expect(withProcessors(4, { boundary: 'image' }).count).toBe(0)
    expect(withProcessors(4, { engine: 'webgpu' }).count).toBe(0)
  })
})
