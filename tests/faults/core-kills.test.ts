import { expect, it } from 'vitest'
import { createRandom } from '../../src/models/random.ts'
import { killWhileEditing, openCoreKillLab } from '../fixtures/core-kills.ts'

/** bench/core-kills.ts does the same three hundred times. */
it.skipIf(process.platform === 'win32')(
  'ten kills of core while it labels, undoes and imports lose no edit that was answered, and leave a sound database',
  async () => {
    const lab = await openCoreKillLab(120)
    try {
      const random = createRandom({ seed: 5, purpose: 'kills' })
      let answered = 0
      for (let turn = 0; turn < 10; turn += 1) {
        const kill = await killWhileEditing(lab, random)
        expect(kill).toMatchObject({ isWhole: true, problems: [], duplicates: 0 })
        answered += kill.answered
      }
      expect(answered).toBeGreaterThan(20)
    } finally {
      await lab.dispose()
    }
  },
  180_000,
)
