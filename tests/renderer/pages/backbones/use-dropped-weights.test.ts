import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { AppError } from '../../../../src/contract/errors.ts'
import { provideClient, type Client } from '../../../../src/renderer/src/client/index.ts'
import { useDroppedWeights } from '../../../../src/renderer/src/pages/backbones/use-dropped-weights.ts'
import { useBackbonesStore } from '../../../../src/renderer/src/stores/backbones.ts'
import { fakeHost, givenFile, type FakeHost } from '../../client/fake-host.ts'

/** A core that recognizes as `fits` says, and keeps what it is asked to add until `finish` is called. */
function fakeCore() {
  const core = {
    fits: [] as string[],
    installed: [] as string[],
    refuse: null as AppError | null,
    added: [] as unknown[],
    finish: () => undefined as void,
  }
  const client = {
    state: 'connected',
    async request(name: string, input: object) {
      await Promise.resolve()
      if (name === 'backbones.list') {
        return {
          backbones: ['squeezenet1_1', 'vgg16'].map((id) => ({ id, installed: core.installed.includes(id) })),
        }
      }
      if (core.refuse) throw core.refuse
      if (name === 'backbones.recognize') {
        return { format: 'keras-h5', tensors: 4, backbones: core.fits.map((id) => ({ id })) }
      }
      core.added.push(input)
      await new Promise<void>((resolve) => (core.finish = resolve))
      return {}
    },
    on: () => () => undefined,
    onReconnected: () => () => undefined,
    onStateChanged: () => () => undefined,
  }
  provideClient(client as unknown as Client)
  return core
}

const weights = { main: givenFile('net.h5'), files: [givenFile('net.h5')] }
const path = '/home/uploads/upload1/net.h5'

describe('weights that were dropped', () => {
  let core: ReturnType<typeof fakeCore>
  let host: FakeHost
  let dropped: ReturnType<typeof useDroppedWeights>
  let leave: () => void
  const shown: string[] = []

  beforeEach(async () => {
    shown.length = 0
    core = fakeCore()
    setActivePinia(createPinia())
  })
  async function open() {
    host = fakeHost()
    await useBackbonesStore().load()
    const scope = effectScope()
    leave = () => scope.stop()
    onTestFinished(leave)
    dropped = scope.run(() => useDroppedWeights((id) => shown.push(id)))!
  }
  const kept = () => [...host.kept.values()].flat()

  test('are added at once to the only backbone that they fit, and deleted when they are in', async () => {
    core.fits = ['squeezenet1_1']
    await open()
    await dropped.begin(weights)
    expect(dropped.current.value).toBeNull()
    expect(shown).toEqual(['squeezenet1_1'])
    await vi.waitFor(() => expect(core.added).toEqual([{ id: 'squeezenet1_1', file: path }]))
    // Adding goes on where the page is left.
    leave()
    expect(kept()).toHaveLength(1)
    core.finish()
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })

  test.each([
    ['several', ['squeezenet1_1', 'vgg16'], []],
    ['none', [], []],
    ['one that has weights', ['vgg16'], ['vgg16']],
  ])('wait for an answer where they fit %s', async (_name, fits, installed) => {
    Object.assign(core, { fits, installed })
    await open()
    await dropped.begin(weights)
    expect(dropped.current.value).toMatchObject({
      stage: 'choosing',
      recognized: { backbones: fits.map((id) => ({ id })) },
    })
    expect(core.added).toEqual([])
    expect(kept()).toHaveLength(1)
    dropped.add('vgg16')
    await vi.waitFor(() => expect(core.added).toEqual([{ id: 'vgg16', file: path }]))
    core.finish()
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })

  test('are deleted when the person thinks better of it, or leaves the page', async () => {
    await open()
    await dropped.begin(weights)
    dropped.cancel()
    expect(dropped.current.value).toBeNull()
    await vi.waitFor(() => expect(kept()).toEqual([]))
    await dropped.begin(weights)
    leave()
    await vi.waitFor(() => expect(kept()).toEqual([]))
    expect(core.added).toEqual([])
  })

  test('show how far they are, and stop where that is cancelled', async () => {
    await open()
    const stages: unknown[] = []
    host.whileSending = () => {
      stages.push(dropped.current.value)
      dropped.cancel()
    }
    await dropped.begin(weights)
    expect(stages).toMatchObject([{ stage: 'receiving', done: 2, total: 4 }])
    expect(dropped.current.value).toBeNull()
    expect(core.added).toEqual([])
  })

  test("become a backbone of the person's own where they say so, and are deleted when it is there", async () => {
    await open()
    await dropped.begin(weights)
    expect(dropped.current.value).toMatchObject({ stage: 'choosing', recognized: { backbones: [] } })
    dropped.addModel({ id: 'mine', preprocessing: 'rescale' })
    expect(dropped.current.value).toBeNull()
    expect(shown).toEqual(['mine'])
    await vi.waitFor(() => expect(core.added).toEqual([{ id: 'mine', preprocessing: 'rescale', file: path }]))
    core.finish()
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })

  test('that core refuses say why, and are deleted', async () => {
    core.refuse = new AppError('weights-unsafe', 'It runs a program.')
    await open()
    await dropped.begin(weights)
    expect(dropped.current.value).toMatchObject({ stage: 'failed', error: { code: 'weights-unsafe' } })
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })
})
