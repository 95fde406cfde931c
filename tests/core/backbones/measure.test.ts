import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestCore, launchTrainer, type TestCore } from '../../fixtures/test-core.ts'

let test: TestCore
beforeEach(() => {
  test = createTestCore({ launchTrainer })
})
afterEach(() => test.dispose())

it('a backbone that was measured has its speed in the list, in the next program too', async () => {
  const speedOf = async ({ core }: TestCore) => {
    const { backbones } = await core.request('backbones.list', {})
    return backbones.find(({ id }) => id === 'mobilenet_v1_0.25')?.speed
  }
  expect(await speedOf(test)).toBeNull()
  const speed = await test.core.request('backbones.measure', { id: 'mobilenet_v1_0.25' })
  expect(speed.imagesPerSecond).toBeGreaterThan(1)
  expect(await speedOf(test)).toEqual(speed)
  expect(test.events).toContainEqual({ name: 'backbones.changed', payload: { id: 'mobilenet_v1_0.25' } })
  const again = createTestCore({ dataDir: `${test.folder}/home` })
  expect(await speedOf(again)).toEqual(speed)
  await again.dispose()
})
