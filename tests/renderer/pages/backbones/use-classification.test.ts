import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { effectScope } from 'vue'
import { AppError } from '../../../../src/contract/errors.ts'
import { provideClient, type Client } from '../../../../src/renderer/src/client/index.ts'
import { useClassification } from '../../../../src/renderer/src/pages/backbones/use-classification.ts'
import { fakeHost, givenFile } from '../../client/fake-host.ts'

/** A core whose answers come when the test says so. */
function open() {
  const host = fakeHost()
  const asked: {
    id: string
    paths: string[]
    resolve: (value: unknown) => void
    reject: (error: Error) => void
  }[] = []
  const client = {
    request: (_name: string, input: { id: string; paths: string[] }) =>
      new Promise((resolve, reject) => asked.push({ ...input, resolve, reject })),
  }
  provideClient(client as unknown as Client)
  const scope = effectScope()
  onTestFinished(() => scope.stop())
  const classification = scope.run(useClassification)!
  const ask = async (id: string, name: string) => {
    const count = asked.length
    void classification.classify(id, givenFile(name))
    await vi.waitFor(() => expect(asked).toHaveLength(count + 1))
    return asked.at(-1)!
  }
  const kept = () => [...host.kept.values()].flat()
  return { ...classification, ask, kept, asked, host, scope }
}
const answer = (name: string) => ({
  predictions: [{ path: '', top: [{ class: name, probability: 0.9 }] }],
  skipped: [],
})

describe('the classes of an image', () => {
  test('come for what was sent, which is deleted then', async () => {
    const { ask, current, kept } = open()
    const question = await ask('vgg16', 'cat.jpg')
    expect(question).toMatchObject({ id: 'vgg16', paths: ['/home/uploads/upload1/cat.jpg'] })
    expect(current.value).toEqual({ stage: 'computing' })
    question.resolve(answer('tabby'))
    await vi.waitFor(() => expect(current.value?.stage).toBe('done'))
    expect(current.value).toMatchObject({ top: [{ class: 'tabby', probability: 0.9 }] })
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })

  test('are those of the last question, whichever is answered first', async () => {
    const { ask, current, kept } = open()
    const first = await ask('vgg16', 'cat.jpg')
    const second = await ask('vgg16', 'dog.jpg')
    second.resolve(answer('beagle'))
    await vi.waitFor(() => expect(current.value?.stage).toBe('done'))
    first.resolve(answer('tabby'))
    await vi.waitFor(() => expect(kept()).toEqual([]))
    expect(current.value).toMatchObject({ top: [{ class: 'beagle' }] })
  })

  test('may not come: the file is no image, or something failed', async () => {
    const { ask, current, kept } = open()
    const skipped = { path: '', reason: 'truncated', detail: 'ends early' }
    ;(await ask('vgg16', 'cut.jpg')).resolve({ predictions: [], skipped: [skipped] })
    await vi.waitFor(() => expect(current.value).toEqual({ stage: 'skipped', skipped }))
    const error = new AppError('trainer-died', 'The process ended.')
    ;(await ask('vgg16', 'cat.jpg')).reject(error)
    await vi.waitFor(() => expect(current.value).toEqual({ stage: 'failed', error }))
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })

  test('are not asked for where sending was cancelled', async () => {
    const { classify, reset, current, host, asked, kept } = open()
    host.whileSending = reset
    await classify('vgg16', givenFile('cat.jpg'))
    expect(current.value).toBeNull()
    expect(asked).toEqual([])
    await vi.waitFor(() => expect(kept()).toEqual([]))
  })
})
