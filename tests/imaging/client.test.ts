import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChildProcess } from '../../src/contract/host.ts'
import { launchNodeProcess } from '../../src/core/processes/launch-node-process.ts'
import { createImagingPool, type ImagingPool, type ImagingPoolOptions } from '../../src/imaging/client.ts'
import { jpeg } from '../fixtures/bad-files.ts'
import { launchImaging } from '../fixtures/test-core.ts'

let folder: string
let pools: ImagingPool[]
let children: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thaw-pool-'))
  pools = []
  children = []
})
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  rmSync(folder, { recursive: true, force: true })
})

function openPool(launch = launchImaging, options: ImagingPoolOptions = {}): ImagingPool {
  const pool = createImagingPool(
    () => {
      const child = launch()
      children.push(child)
      return child
    },
    { workers: 2, ...options },
  )
  pools.push(pool)
  return pool
}

/** A worker that dies of paths with 'deadly' in them, hangs on 'endless' ones, and answers the others. */
const faultyWorker = launchNodeProcess(new URL('../fixtures/faulty-imaging.ts', import.meta.url))

const request = (name: string) => ({
  path: join(folder, name),
  thumbnailFolder: join(folder, 'thumbnails'),
  copyFolder: null,
})

describe('createImagingPool', () => {
  it('starts nothing before the first file, and reads many', async () => {
    const pool = openPool()
    expect(children).toHaveLength(0)
    const names = Array.from({ length: 40 }, (_, index) => `${index}.jpg`)
    for (const [index, name] of names.entries()) writeFileSync(join(folder, name), await jpeg(index))
    const results = await Promise.all(names.map((name) => pool.read(request(name))))
    expect(results.every((result) => result.status === 'read')).toBe(true)
    expect(new Set(results.map((result) => (result.status === 'read' ? result.sha256 : ''))).size).toBe(40)
    expect(children).toHaveLength(2)
  })

  it('goes on where a process is killed in the middle, losing no file', async () => {
    const pool = openPool()
    const names = Array.from({ length: 120 }, (_, index) => `${index}.jpg`)
    for (const [index, name] of names.entries())
      writeFileSync(join(folder, name), await jpeg(index, 300, 200))
    let answered = 0
    const results = await Promise.all(
      names.map(async (name) => {
        const result = await pool.read(request(name))
        answered += 1
        if (answered === 30) children[0]?.kill('SIGKILL')
        return result
      }),
    )
    expect(results.filter((result) => result.status !== 'read')).toEqual([])
    expect(children.length).toBeGreaterThan(2)
  })

  it('names the file that a process dies of, and reads its neighbours', async () => {
    const pool = openPool(faultyWorker)
    const names = ['a', 'b', 'deadly', 'c', 'd', 'e', 'deadly-2', 'f']
    const results = await Promise.all(names.map((name) => pool.read(request(name))))
    for (const [index, name] of names.entries()) {
      if (name.startsWith('deadly')) {
        expect(results[index]).toMatchObject({ status: 'skipped', reason: 'decoder-crashed' })
      } else expect(results[index], name).toMatchObject({ status: 'read' })
    }
  })

  it('stops a file that takes too long', async () => {
    const pool = openPool(faultyWorker, { timeLimitMs: 500 })
    const results = await Promise.all(['a', 'endless', 'b'].map((name) => pool.read(request(name))))
    expect(results.map((result) => result.status)).toEqual(['read', 'skipped', 'read'])
    expect(results[1]).toMatchObject({ reason: 'timeout' })
  })

  it('says so where no process can be started', async () => {
    const pool = openPool(launchNodeProcess(join(folder, 'not-there.ts')))
    await expect(pool.read(request('a.jpg'))).rejects.toMatchObject({ code: 'internal' })
  })

  it('reads a file of priority before those that wait', async () => {
    const pool = openPool(faultyWorker, { workers: 1 })
    const order: string[] = []
    const ordinary = Array.from({ length: 60 }, (_, index) =>
      pool.read(request(`ordinary-${index}`)).then(() => order.push('ordinary')),
    )
    // Given after the sixty; a process holds twelve of them at most when it comes.
    const urgent = pool.read(request('urgent'), { priority: true }).then(() => order.push('urgent'))
    await Promise.all([...ordinary, urgent])
    expect(order.indexOf('urgent')).toBeLessThan(30)
    expect(order.filter((name) => name === 'ordinary')).toHaveLength(60)
  })

  it('rejects what is open when it closes', async () => {
    const pool = openPool(faultyWorker)
    const reading = expect(pool.read(request('endless'))).rejects.toMatchObject({ code: 'cancelled' })
    await new Promise((resolve) => setTimeout(resolve, 200))
    await pool.close()
    await reading
    await expect(pool.read(request('a'))).rejects.toMatchObject({ code: 'cancelled' })
  })
})
