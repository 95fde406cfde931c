import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request as requestHttp } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EventPayload } from '../../../src/contract/events.ts'
import { createWeightsAdditions } from '../../../src/core/backbones/add-weights.ts'
import { createWeightsDownloads } from '../../../src/core/backbones/download-weights.ts'
import { createBackbonesArea } from '../../../src/core/backbones/handlers.ts'
import type { DownloadableWeights } from '../../../src/models/backbone.ts'
import { backbones } from '../../../src/models/catalog.ts'
import { writeTorchSafetensors } from '../weights/write-foreign-file.ts'
import {
  notFound,
  redirect,
  stalling,
  startPublisher,
  upTo,
  whole,
  wholeWithoutLength,
  withLength,
  type PublisherServer,
} from './publisher-server.ts'

const id = 'squeezenet1_1'
/** Machines that run tests may stand still for a while: silence is short only where it is what is tested. */
const limits = { silenceMs: 20_000, attempts: 3, betweenAttemptsMs: 10 }
const impatient = { ...limits, silenceMs: 400 }

const scratch = mkdtempSync(join(tmpdir(), 'thaw-download-'))
let publisher: PublisherServer
let file: Buffer
let wrong: Buffer
/** What the publisher's table says of the file. */
let published: Partial<DownloadableWeights>

beforeAll(async () => {
  writeTorchSafetensors(join(scratch, 'weights.safetensors'), id)
  file = readFileSync(join(scratch, 'weights.safetensors'))
  wrong = Buffer.from(file)
  wrong.writeUInt8(wrong.readUInt8(file.length - 100) ^ 1, file.length - 100)
  publisher = await startPublisher()
})
afterAll(async () => {
  await publisher.close()
  rmSync(scratch, { recursive: true })
})

let homes = 0
let dataDir: string
let progress: EventPayload<'backbones.progress'>[]
beforeEach(() => {
  dataDir = join(scratch, `home-${++homes}`)
  progress = []
  published = { hash: { sha256Prefix: createHash('sha256').update(file).digest('hex').slice(0, 8) } }
})

const context = () => ({
  dataDir,
  resourcesDir: resolve(import.meta.dirname, '../../../resources'),
  log: pino({ level: 'silent' }),
  publish: (name: string, payload: unknown) => {
    if (name === 'backbones.progress') progress.push(payload as EventPayload<'backbones.progress'>)
  },
  resolveDownload: (source: DownloadableWeights): DownloadableWeights => ({
    ...source,
    url: `${publisher.origin}/weights.safetensors`,
    ...published,
  }),
})
const start = (within = limits) =>
  createWeightsDownloads(context(), createWeightsAdditions(context()), within)
const download = (within = limits) => start(within).download(id, undefined)
const partial = () => join(dataDir, 'downloads', id, 'squeezenet1_1-b8a52dc0.pth.partial')
const installed = () => existsSync(join(dataDir, 'weights', id, 'installed.json'))
const partialBytes = () => statSync(partial(), { throwIfNoEntry: false })?.size

describe('a download of weights', () => {
  it('fetches the file, checks its hash, installs it, and keeps nothing of the download', async () => {
    publisher.answer(whole(file))
    const downloaded = await download()
    expect(downloaded).toMatchObject({ id, convention: 'torch', layersMatched: 25 })
    expect(downloaded.address).toBe(`${publisher.origin}/weights.safetensors`)
    expect(installed()).toBe(true)
    expect(existsSync(join(dataDir, 'downloads', id))).toBe(false)
    const fetching = progress.filter(({ step }) => step === 'downloading')
    expect(fetching.at(-1)).toMatchObject({ done: file.length, total: file.length })
    expect(progress.at(-1)?.step).toBe('adding')
  })

  it('checks a hash of MD5, and takes a file whose length is not told', async () => {
    published = { hash: { md5: createHash('md5').update(file).digest('hex') } }
    publisher.answer(wholeWithoutLength(file))
    await download()
    expect(installed()).toBe(true)
    expect(progress[0]).toMatchObject({ step: 'downloading', total: 0, secondsLeft: null })
  })

  it('goes on by itself where the connection is cut', async () => {
    publisher.answer(upTo(file, 1_000_000), upTo(file, 3_000_000), whole(file))
    await download()
    expect(publisher.asked).toEqual([
      '/weights.safetensors',
      '/weights.safetensors bytes=1000000-',
      '/weights.safetensors bytes=3000000-',
    ])
    expect(installed()).toBe(true)
  })

  it('keeps what has come where it is cut again and again, and goes on from there the next time', async () => {
    publisher.answer(upTo(file, 1_000_000))
    await expect(download()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(
        /cut again and again.*1000000 bytes.*kept.*thaw backbones add FILE --as/,
      ),
    })
    expect(publisher.asked).toHaveLength(limits.attempts)
    expect(partialBytes()).toBe(1_000_000)
    expect(installed()).toBe(false)
    const { handlers } = createBackbonesArea(context())
    const listed = (await handlers['backbones.list']({})).backbones.find((backbone) => backbone.id === id)
    expect(listed?.published[0]?.download?.downloadedBytes).toBe(1_000_000)

    publisher.answer(whole(file))
    await download()
    expect(publisher.asked).toEqual(['/weights.safetensors bytes=1000000-'])
    expect(installed()).toBe(true)
  })

  it('takes all of it again where the publisher does not go on in the middle', async () => {
    publisher.answer(upTo(file, 1_000_000), wholeWithoutLength(file))
    await download()
    expect(installed()).toBe(true)
  })

  it('begins again where the part that is here is of another file', async () => {
    mkdirSync(join(dataDir, 'downloads', id), { recursive: true })
    writeFileSync(partial(), Buffer.alloc(2_000_000, 7))
    publisher.answer(whole(file))
    await download()
    expect(publisher.asked).toEqual(['/weights.safetensors bytes=2000000-', '/weights.safetensors'])
    expect(installed()).toBe(true)
  })

  it('does not fetch again what is whole, and begins again where more is here than there should be', async () => {
    mkdirSync(join(dataDir, 'downloads', id), { recursive: true })
    writeFileSync(partial(), file)
    publisher.answer(whole(file))
    await download()
    expect(publisher.asked).toEqual([`/weights.safetensors bytes=${file.length}-`])

    mkdirSync(join(dataDir, 'downloads', id), { recursive: true })
    writeFileSync(partial(), Buffer.concat([file, file]))
    publisher.answer(whole(file))
    await download()
    expect(publisher.asked.at(-1)).toBe('/weights.safetensors')
  })

  it('refuses a wrong byte by its hash, deletes the file, and leaves what was installed', async () => {
    publisher.answer(whole(file))
    const { sha256 } = await download()
    publisher.answer(whole(wrong))
    await expect(download()).rejects.toMatchObject({
      code: 'download-invalid',
      details: {
        expected: expect.stringMatching(/^SHA-256 [0-9a-f]{8}…$/),
        received: expect.stringMatching(/^SHA-256 [0-9a-f]{64}$/),
      },
    })
    expect(partialBytes()).toBeUndefined()
    const { handlers } = createBackbonesArea(context())
    const listed = (await handlers['backbones.list']({})).backbones.find((backbone) => backbone.id === id)
    expect(listed).toMatchObject({ installed: true, weightsSha256: sha256 })
  })

  it('is not taken in by a length that is too great or too small', async () => {
    publisher.answer(withLength(file, file.length + 500))
    await expect(download()).rejects.toMatchObject({ code: 'download-failed' })
    expect(installed()).toBe(false)

    rmSync(partial(), { force: true })
    publisher.answer(whole(file.subarray(0, file.length - 500)))
    await expect(download()).rejects.toMatchObject({ code: 'download-invalid' })
    expect(installed()).toBe(false)
  })

  it('does not take more than a file of that backbone can be', async () => {
    publisher.answer(withLength(Buffer.alloc(10), 10e9))
    await expect(download()).rejects.toMatchObject({
      code: 'download-invalid',
      message: expect.stringMatching(/at most \d+ bytes; it has 10000000000 bytes/),
    })
    published = { ...published, bytes: file.length - 1 }
    publisher.answer(whole(file))
    await expect(download()).rejects.toMatchObject({ code: 'download-invalid' })
    publisher.answer(wholeWithoutLength(file))
    await expect(download()).rejects.toMatchObject({ code: 'download-invalid' })
    expect(partialBytes()).toBeUndefined()
  })

  it('follows redirects, and not for ever', async () => {
    publisher.answer(redirect('/elsewhere'), whole(file))
    await download()
    expect(publisher.asked).toEqual(['/weights.safetensors', '/elsewhere'])
    publisher.answer(redirect('/weights.safetensors'))
    await expect(download()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/more than 5 times/),
    })
    expect(publisher.asked).toHaveLength(6)
    publisher.answer(redirect('file:///etc/passwd'))
    await expect(download()).rejects.toThrow(/'file:\/\/\/etc\/passwd', which is not fetched/)
  })

  it('ends where the publisher says nothing any more', async () => {
    publisher.answer(stalling(file, 0))
    await expect(download(impatient)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/nothing came for 0\.4 s/),
    })
    publisher.answer(stalling(file, 1000), whole(file))
    await download(impatient)
    expect(publisher.asked[1]).toBe('/weights.safetensors bytes=1000-')
  })

  it('says that the file is not there, and that the publisher cannot be reached', async () => {
    publisher.answer(notFound)
    await expect(download()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/the answer was HTTP 404/),
    })
    expect(publisher.asked).toHaveLength(1)
    published = { ...published, url: 'http://127.0.0.1:9/weights.safetensors' }
    await expect(download()).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(
        /^Could not reach http:\/\/127\.0\.0\.1:9\/.*download it elsewhere and add the file by hand: thaw backbones add FILE --as squeezenet1_1\.$/,
      ),
    })
  })

  it('is cancelled, keeps what has come, and goes on from there', async () => {
    publisher.answer(stalling(file, 2_000_000))
    const downloads = start()
    const first = expect(downloads.download(id, undefined)).rejects.toMatchObject({ code: 'cancelled' })
    await expect(downloads.download(id, undefined)).rejects.toMatchObject({ code: 'invalid-input' })
    await vi.waitFor(() => expect(partialBytes()).toBeGreaterThan(0))
    downloads.cancel(id)
    await first
    expect(partialBytes()).toBeGreaterThan(0)
    expect(installed()).toBe(false)
    publisher.answer(whole(file))
    await downloads.download(id, undefined)
    expect(publisher.asked[0]).toMatch(/bytes=\d+-$/)
    expect(installed()).toBe(true)
  })

  it('ends when core is closed', async () => {
    publisher.answer(stalling(file, 1000))
    const area = createBackbonesArea(context())
    const ended = expect(area.handlers['backbones.download']({ id })).rejects.toMatchObject({
      code: 'cancelled',
    })
    await vi.waitFor(() => expect(partialBytes()).toBeGreaterThan(0))
    await area.close()
    await ended
  })

  it('deletes a file that has its hash and is no weights of the backbone', async () => {
    const other = Buffer.from('no weights at all')
    published = { hash: { md5: createHash('md5').update(other).digest('hex') } }
    publisher.answer(whole(other))
    await expect(download()).rejects.toMatchObject({ code: 'weights-format-unknown' })
    publisher.answer(notFound)
    await expect(download()).rejects.toMatchObject({ code: 'download-failed' })
  })

  it('is deleted with the weights that were added', async () => {
    publisher.answer(upTo(file, 1_000_000))
    await expect(download()).rejects.toMatchObject({ code: 'download-failed' })
    const { handlers } = createBackbonesArea(context())
    expect(await handlers['backbones.remove']({ id })).toEqual({ freedBytes: 1_000_000 })
    expect(partialBytes()).toBeUndefined()
  })
})

describe('a proxy', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('that the environment names is gone through, but not to hosts that it leaves out', async () => {
    const asked: string[] = []
    const proxy = createServer((request, response) => {
      asked.push(request.url ?? '')
      const { hostname, port } = new URL(publisher.origin)
      const path = new URL(request.url ?? '').pathname
      request.pipe(
        requestHttp({ hostname, port, path }, (answer) => {
          response.writeHead(answer.statusCode ?? 500, answer.headers)
          answer.pipe(response)
        }),
      )
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    published = { ...published, url: 'http://weights.invalid/weights.safetensors' }
    publisher.answer(whole(file))
    await download()
    expect(asked).toEqual(['http://weights.invalid/weights.safetensors'])

    vi.stubEnv('NO_PROXY', '127.0.0.1')
    published = { hash: published.hash! }
    publisher.answer(whole(file))
    await download()
    expect(asked).toHaveLength(1)
    proxy.closeAllConnections()
    proxy.close()
  })

  it('that never answers is not waited for', async () => {
    const proxy = createServer().listen(0, '127.0.0.1')
    // Taken, and left without an answer.
    proxy.on('connect', () => {})
    await once(proxy, 'listening')
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    published = { ...published, url: 'https://weights.invalid/weights.safetensors' }
    await expect(download(impatient)).rejects.toMatchObject({
      code: 'download-failed',
      message: expect.stringMatching(/Could not reach https:\/\/weights\.invalid.*nothing came for 0\.4 s/),
    })
    const downloads = start()
    const cancelled = expect(downloads.download(id, undefined)).rejects.toMatchObject({ code: 'cancelled' })
    await once(proxy, 'connect')
    downloads.cancel(id)
    await cancelled
    proxy.closeAllConnections()
    proxy.close()
  })
})

describe('what can be downloaded', () => {
  it('is told for every backbone, with a hash to check it by and about its size', async () => {
    const { handlers } = createBackbonesArea(context())
    const listed = (await handlers['backbones.list']({})).backbones
    expect(listed).toHaveLength(backbones.length)
    const vgg16 = listed.find((backbone) => backbone.id === 'vgg16')
    expect(vgg16?.published.map(({ publisher }) => publisher)).toEqual(['keras', 'torchvision'])
    expect(vgg16?.published[1]).toMatchObject({
      address: 'https://download.pytorch.org/models/vgg16-397923af.pth',
      download: { source: 'vgg16-397923af.pth', bytes: 553_430_176, isExact: false, downloadedBytes: 0 },
    })
    for (const { address } of listed.flatMap(({ published: files }) => files))
      expect(address).toMatch(/^https:/)
  })

  it('is named where another is asked for, and the address where none has a hash', async () => {
    await expect(start().download('vgg16', 'timm')).rejects.toMatchObject({
      code: 'download-unavailable',
      message: expect.stringMatching(/keras \(.*\.h5\), torchvision \(vgg16-397923af\.pth\); 'timm' is none/),
    })
    await expect(start().download('mobilenet_v1_0.25', undefined)).rejects.toMatchObject({
      code: 'download-unavailable',
      message: expect.stringMatching(
        /no published hash.*https:\/\/.*mobilenet_2_5_224_tf\.h5.*thaw backbones add/,
      ),
    })
    await expect(start().download('nonesuch', undefined)).rejects.toMatchObject({
      code: 'backbone-not-found',
    })
  })
})
