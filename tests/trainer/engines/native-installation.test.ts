import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32, deflateRawSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  installNativeEngine,
  verifyNativeEngine,
} from '../../../src/trainer/engines/native-installation/install.ts'
import {
  cacheFolder,
  nativeEngineFolder,
  nativeEngineProblem,
} from '../../../src/trainer/engines/native-installation/location.mjs'
import { extractZipEntry, readZipEntries } from '../../../src/trainer/engines/native-installation/unzip.ts'

let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'thaw-installation-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** A zip archive as the specification has it, of deflated and stored entries. */
function zip(entries: { name: string; data: Buffer; stored?: boolean }[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data, stored } of entries) {
    const packed = stored ? data : deflateRawSync(data)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(stored ? 0 : 8, 4)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(data.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    const version = Buffer.from([20, 0])
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), version, common, tail, Buffer.from(name)]))
    bodies.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...bodies, central, end])
}

describe('zip archives', () => {
  const text = Buffer.from('a line of text\n'.repeat(5000))
  const entries = [
    { name: 'tensorflow/a.txt', data: text },
    { name: 'b.bin', data: Buffer.from([1, 2, 3]), stored: true },
    { name: 'empty', data: Buffer.alloc(0), stored: true },
  ]

  it('gives back every entry and its hash', async () => {
    const path = join(folder, 'a.zip')
    await writeFile(path, zip(entries))
    const read = await readZipEntries(path)
    expect([...read.keys()]).toEqual(entries.map(({ name }) => name))
    for (const { name, data } of entries) {
      const target = join(folder, 'out')
      const hash = await extractZipEntry(path, read.get(name)!, target)
      expect(await readFile(target)).toEqual(data)
      expect(hash).toBe(createHash('sha256').update(data).digest('hex'))
    }
  })

  it('is not fooled by a truncated archive, one of another kind, or a wrong size', async () => {
    const whole = zip(entries)
    const path = join(folder, 'bad.zip')
    await writeFile(path, whole.subarray(0, whole.length - 40))
    await expect(readZipEntries(path)).rejects.toThrow(/not a whole zip archive/)
    await writeFile(path, 'no archive at all')
    await expect(readZipEntries(path)).rejects.toThrow(/not a whole zip archive/)
    await writeFile(path, '')
    await expect(readZipEntries(path)).rejects.toThrow(/not a whole zip archive/)
    await writeFile(path, whole)
    const entry = (await readZipEntries(path)).get('tensorflow/a.txt')!
    await expect(
      extractZipEntry(path, { ...entry, sizeBytes: entry.sizeBytes + 1 }, join(folder, 'out')),
    ).rejects.toThrow(/bytes instead of/)
  })
})

describe('the cache folder', () => {
  it('is THAW_CACHE, else the place of the platform', () => {
    expect(cacheFolder({ THAW_CACHE: '/a' }, 'linux')).toBe('/a')
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' }, 'linux')).toBe(join('/x', 'thaw'))
    expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.thaw$/)
  })
})

describe('the installation', () => {
  it('is whole on this machine, file by file', async () => {
    expect(nativeEngineProblem()).toBeNull()
    expect(await verifyNativeEngine()).toBeNull()
  })

  it('does nothing the second time', async () => {
    const start = performance.now()
    expect(await installNativeEngine()).toBe(nativeEngineFolder())
    expect(performance.now() - start).toBeLessThan(200)
  })

  it('names a wheel that it does not know, and leaves nothing behind', async () => {
    const saved = process.env.THAW_CACHE
    process.env.THAW_CACHE = folder
    try {
      const wheel = join(folder, 'other.whl')
      await writeFile(wheel, zip([{ name: 'a', data: Buffer.from('a') }]))
      await expect(installNativeEngine({ wheel })).rejects.toThrow(
        /other\.whl .* none of the wheels .*tensorflow/,
      )
      await expect(installNativeEngine({ wheel: join(folder, 'no.whl') })).rejects.toThrow(/does not exist/)
      const { stdout } = await promisify(execFile)('find', [join(folder, 'engines')])
      expect(stdout.trim().split('\n')).toHaveLength(2)
    } finally {
      if (saved === undefined) delete process.env.THAW_CACHE
      else process.env.THAW_CACHE = saved
    }
  })

  it('notices a file that lost bytes, and a changed one on a full check', async () => {
    const saved = process.env.THAW_CACHE
    process.env.THAW_CACHE = folder
    try {
      const place = nativeEngineFolder()!
      await mkdir(place, { recursive: true })
      const sha256 = createHash('sha256').update('abc').digest('hex')
      const files = [{ name: 'library.so', sizeBytes: 3, sha256 }]
      await writeFile(join(place, 'manifest.json'), JSON.stringify({ files }))
      await writeFile(join(place, 'library.so'), 'abc')
      expect(await verifyNativeEngine()).toBeNull()
      await writeFile(join(place, 'library.so'), 'abd')
      expect(nativeEngineProblem()).toBeNull()
      expect(await verifyNativeEngine()).toMatch(/was changed after it was installed/)
      await writeFile(join(place, 'library.so'), 'ab')
      expect(nativeEngineProblem()).toMatch(/should have 3 bytes and has 2/)
      await rm(join(place, 'library.so'))
      expect(nativeEngineProblem()).toMatch(/is damaged/)
    } finally {
      if (saved === undefined) delete process.env.THAW_CACHE
      else process.env.THAW_CACHE = saved
    }
  })
})
