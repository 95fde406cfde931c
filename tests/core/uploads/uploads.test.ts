import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createUploads, isUploadFolder, type UploadsOptions } from '../../../src/core/uploads/uploads.ts'
import { temporaryFolder } from '../test-project.ts'

const small = {
  weights: { files: 3, bytes: 100 },
  images: { files: 1, bytes: 10 },
  dataset: { files: 1, bytes: 10 },
}

function workbench(options: UploadsOptions = { limits: small }) {
  const dataDir = temporaryFolder()
  const uploads = createUploads({ dataDir }, options)
  onTestFinished(() => uploads.close())
  /** Names of everything that is kept for uploads. */
  const kept = () => {
    const folder = join(dataDir, 'uploads')
    return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : []
  }
  return { dataDir, uploads, kept }
}

const bytes = (count: number) => Readable.from([Buffer.alloc(count, 7)])

describe('an upload', () => {
  it('keeps files by their names below what was dropped, until it ends', async () => {
    const { dataDir, uploads, kept } = workbench()
    const id = uploads.begin('weights')
    const model = await uploads.receive(id, 'model.json', bytes(5), 5)
    const shard = await uploads.receive(id, 'shards/group1-shard1of1', bytes(9), null)
    expect(readFileSync(model)).toEqual(Buffer.alloc(5, 7))
    expect(shard).toBe(join(dirname(model), 'shards', 'group1-shard1of1'))
    expect(isUploadFolder(dataDir, dirname(model))).toBe(true)
    expect(isUploadFolder(dataDir, dirname(shard))).toBe(false)
    await uploads.end(id)
    expect(kept()).toEqual([])
    await uploads.end(id)
    await expect(uploads.receive(id, 'late', bytes(1), 1)).rejects.toMatchObject({ code: 'upload-not-found' })
  })

  it('ends by itself a while after its last file', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { uploads, kept } = workbench({ idleMs: 1000 })
    const id = uploads.begin('images')
    vi.advanceTimersByTime(900)
    await uploads.receive(id, 'one.jpg', bytes(1), 1)
    vi.advanceTimersByTime(900)
    expect(kept()).toHaveLength(2)
    vi.advanceTimersByTime(200)
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })

  it('ends with core, in the middle of a file too', async () => {
    const { uploads, kept } = workbench()
    const id = uploads.begin('weights')
    const content = new PassThrough()
    const receiving = expect(uploads.receive(id, 'half', content, 80)).rejects.toMatchObject({
      code: 'cancelled',
    })
    content.write(Buffer.alloc(40))
    await vi.waitFor(() => expect(kept()).toContainEqual(expect.stringMatching(/half$/)))
    await uploads.close()
    await receiving
    expect(kept()).toEqual([])
  })
})

describe('what is refused leaves nothing', () => {
  it.each([
    ['told before its bytes', bytes(101), 101],
    ['found while it comes', Readable.from([Buffer.alloc(60), Buffer.alloc(60)]), null],
  ])('a file that is too large, %s', async (_name, content, sizeBytes) => {
    const { uploads, kept } = workbench()
    const id = uploads.begin('weights')
    await expect(uploads.receive(id, 'large', content, sizeBytes)).rejects.toMatchObject({
      code: 'upload-too-large',
      message: expect.stringMatching(/at most 100 bytes at once; 1[02][01] bytes came/),
      details: { expected: '≤ 100 bytes' },
    })
    expect(kept().map((name) => basename(name))).not.toContain('large')
    // What was refused does not count.
    await uploads.receive(id, 'fits', bytes(100), 100)
  })

  it('more than fits together, and too many', async () => {
    const { uploads } = workbench()
    const id = uploads.begin('weights')
    await uploads.receive(id, '1', bytes(60), 60)
    await expect(uploads.receive(id, '2', bytes(60), 60)).rejects.toMatchObject({ code: 'upload-too-large' })
    await uploads.receive(id, '2', bytes(1), 1)
    await uploads.receive(id, '3', bytes(1), 1)
    await expect(uploads.receive(id, '4', bytes(1), 1)).rejects.toMatchObject({
      details: { expected: '≤ 3 files', received: '4 files' },
    })
  })

  it('a file that was cut off', async () => {
    const { uploads, kept } = workbench()
    const id = uploads.begin('weights')
    const cut = new PassThrough()
    const receiving = expect(uploads.receive(id, 'cut', cut, 50)).rejects.toMatchObject({
      code: 'connection-lost',
      message: expect.stringMatching(/50 bytes of 'cut' are expected; the connection was cut after 20/),
    })
    cut.write(Buffer.alloc(20))
    setTimeout(() => cut.destroy(new Error('aborted')), 20)
    await receiving
    await expect(uploads.receive(id, 'short', bytes(20), 50)).rejects.toMatchObject({
      code: 'connection-lost',
    })
    expect(kept().map((name) => basename(name))).toEqual([expect.stringMatching(/^upload-/)])
  })

  it.each([
    '',
    '..',
    '../out',
    'a/../b',
    '/etc/passwd',
    'a//b',
    'C:\\x',
    'a\\b',
    'a\0b',
    `${'a/'.repeat(9)}b`,
  ])('a file named %j', async (name) => {
    const { uploads, kept } = workbench()
    const id = uploads.begin('weights')
    await expect(uploads.receive(id, name, bytes(1), 1)).rejects.toMatchObject({ code: 'invalid-input' })
    expect(kept()).toHaveLength(1)
  })

  it('a second file of the same name', async () => {
    const { uploads } = workbench()
    const id = uploads.begin('weights')
    const first = await uploads.receive(id, 'twin', bytes(3), 3)
    await expect(uploads.receive(id, 'twin', bytes(9), 9)).rejects.toThrow(/'twin' came twice/)
    expect(readFileSync(first)).toHaveLength(3)
  })
})

it('deletes what a process that died has left, and nothing of one that lives', () => {
  const dataDir = temporaryFolder()
  // No process has this number: it is above what systems give.
  const dead = join(dataDir, 'uploads', 'upload-2147483646-0')
  const alive = join(dataDir, 'uploads', `upload-${process.ppid}-0`)
  for (const folder of [dead, alive]) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'weights.h5'), 'left')
  }
  createUploads({ dataDir })
  expect(readdirSync(join(dataDir, 'uploads'))).toEqual([basename(alive)])
})
