/** A process to be killed: writes checkpoints of 16 MB, one epoch after another, until then. */
import { trainPlanSchema } from '../../src/contract/train-plan.ts'
import { writeCheckpoint } from '../../src/trainer/checkpoint.ts'

const runFolder = process.argv[2]!
const row = { loss: 0, accuracy: 0, valLoss: null, valAccuracy: null, learningRate: 1, seconds: 0 }
for (let epoch = 2; ; epoch += 1) {
  const values = new Float32Array(4e6).fill(epoch)
  writeCheckpoint(runFolder, {
    state: {
      plan: trainPlanSchema.parse({}),
      classes: ['ant', 'bee'],
      backboneSha256: null,
      orderSha256: '',
      phase: 0,
      phaseStart: 0,
      patienceFrom: 0,
      step: epoch,
      epochs: Array.from({ length: epoch }, (_, index) => ({ epoch: index + 1, ...row })),
      bestEpoch: null,
    },
    parameters: new Map([['head.logits/kernel', { shape: [4e6], values }]]),
    slots: new Map(),
    best: new Map(),
  })
  if (epoch === 2) process.stdout.write('writing\n')
}
