import { describe, expect, test, vi } from 'vitest'
import { droppedPathsKey } from '../../../src/contract/dropped-paths.ts'
import { AppError } from '../../../src/contract/errors.ts'
import { handOver } from '../../../src/renderer/src/client/given-files.ts'
import { provideClient, type Client } from '../../../src/renderer/src/client/index.ts'
import { fakeHost, givenFile } from './fake-host.ts'

describe('in a browser', () => {
  const files = [givenFile('m/model.json', 10), givenFile('m/group1-shard1of1', 30)]

  test('files are sent one after another, give paths, and are deleted when they were used', async () => {
    const host = fakeHost()
    const progress: string[] = []
    const handed = await handOver('weights', files, {
      onProgress: (done, total) => progress.push(`${done}/${total}`),
    })
    expect(handed.paths).toEqual([
      '/home/uploads/upload1/m/model.json',
      '/home/uploads/upload1/m/group1-shard1of1',
    ])
    expect(progress).toEqual(['5/40', '25/40'])
    expect(host.kept.get('upload1')).toEqual(['m/model.json (10)', 'm/group1-shard1of1 (30)'])
    handed.release()
    await vi.waitFor(() => expect(host.kept.size).toBe(0))
    expect(host.asked).toEqual([
      'POST ?kind=weights',
      'PUT m/model.json',
      'PUT m/group1-shard1of1',
      'DELETE upload1',
    ])
  })

  test('what is too much is not sent at all', async () => {
    const host = fakeHost()
    const large = givenFile('large.h5', 5 * 2 ** 30)
    await expect(handOver('weights', [large])).rejects.toMatchObject({
      code: 'upload-too-large',
      details: { expected: '≤ 4 GiB', received: '5 GiB' },
    })
    const many = Array.from({ length: 1001 }, (_, index) => givenFile(`${index}.jpg`))
    await expect(handOver('images', many)).rejects.toMatchObject({
      details: { expected: '≤ 1000 files', received: '1001 files' },
    })
    expect(host.asked).toEqual([])
  })

  test('an error of the server is the error, and what was sent before is deleted', async () => {
    const host = fakeHost()
    host.whileSending = () => (host.fault = new AppError('disk-full', 'The disk is full.'))
    await expect(handOver('weights', files)).rejects.toMatchObject({ code: 'disk-full' })
    host.fault = null
    await vi.waitFor(() => expect(host.asked.at(-1)).toBe('DELETE upload1'))
  })

  test.each(['lost', 'page'] as const)('no answer (%s) is a lost connection', async (fault) => {
    const host = fakeHost()
    host.fault = fault
    await expect(handOver('images', files)).rejects.toMatchObject({ code: 'connection-lost' })
  })

  test('it can be cancelled in the middle of a file', async () => {
    const host = fakeHost()
    const abort = new AbortController()
    host.whileSending = () => abort.abort()
    await expect(handOver('weights', files, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
    await vi.waitFor(() => expect(host.kept.size).toBe(0))
    expect(host.asked).toEqual(['POST ?kind=weights', 'DELETE upload1'])
  })
})

describe('in Electron', () => {
  const inElectron = (pathOf: (file: File) => string) =>
    vi.stubGlobal('window', { [droppedPathsKey]: { pathOf } })

  test('files are where they are, and nothing is sent', async () => {
    const host = fakeHost()
    inElectron(({ name }) => `/weights/${name}`)
    const handed = await handOver('weights', [givenFile('vgg16.h5', 9 * 2 ** 30)])
    expect(handed.paths).toEqual(['/weights/vgg16.h5'])
    handed.release()
    expect(host.asked).toEqual([])
  })

  test('one that is on no disk is an error that says what to do', async () => {
    fakeHost()
    inElectron(() => '')
    await expect(handOver('weights', [givenFile('of-a-page.h5')])).rejects.toMatchObject({
      code: 'source-not-found',
      message: expect.stringContaining('drop the saved file'),
    })
  })

  test('but of a picture out of the clipboard or a camera the bytes are sent over the wire, and deleted after', async () => {
    inElectron(({ name }) => (name === 'on-disk.png' ? '/pictures/on-disk.png' : ''))
    const asked: [string, object][] = []
    provideClient({
      request(name: string, input: object) {
        asked.push([name, input])
        return Promise.resolve({ id: 'upload1', path: '/home/uploads/upload1/pasted.png' })
      },
    } as Partial<Client> as Client)
    const pasted = new File([Uint8Array.from({ length: 100_000 }, (_, index) => index)], 'pasted.png')
    const handed = await handOver('images', [{ file: pasted, name: 'pasted.png' }, givenFile('on-disk.png')])
    expect(handed.paths).toEqual(['/home/uploads/upload1/pasted.png', '/pictures/on-disk.png'])
    const bytes = Buffer.from(await pasted.arrayBuffer()).toString('base64')
    expect(asked).toEqual([['uploads.put', { name: 'pasted.png', bytes }]])
    handed.release()
    expect(asked.at(-1)).toEqual(['uploads.end', { id: 'upload1' }])
  })
})
