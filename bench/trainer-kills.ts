/**
 * No run is lost: trainers are killed at random moments, every second time while a checkpoint is being written, and resumed until they are
 * done. Each run must end with the weights of the run that nobody disturbed, bit for bit.
 *
 *     node bench/trainer-kills.ts [kills, 100 by default] [seed]
 */
import type { TrainPlanInput } from '../src/contract/train-plan.ts'
import { createRandom } from '../src/models/random.ts'
import {
  openKillLab,
  trainThroughKills,
  trainUndisturbed,
  type KilledRun,
} from '../tests/fixtures/trainer-kills.ts'
import { report } from './thaw.ts'

const [kills = 100, seed = 0] = process.argv.slice(2).map(Number)
const killsOfRun = 10

/** Large checkpoints, and randomness of every kind. */
const plans: Readonly<Record<string, TrainPlanInput>> = {
  'head of 1024 on frozen layers, augmented': {
    head: '1024:relu,dropout:0.3',
    augment: 'flip,crop:8',
    inputSize: 64,
    epochs: 30,
    batchSize: 16,
    earlyStopping: 25,
  },
  'last layers fine-tuned, mixup, cosine': {
    mode: 'fine-tune',
    freeze: { kind: 'glob', pattern: '_conv_head' },
    optimizer: 'adamw',
    schedule: 'cosine',
    warmUpEpochs: 1,
    mixup: 0.2,
    inputSize: 64,
    epochs: 12,
    batchSize: 8,
  },
  'two phases, balanced sampling': {
    mode: 'fine-tune',
    phases: [
      { epochs: 5, freeze: { kind: 'all' } },
      { epochs: 5, freeze: { kind: 'glob', pattern: '_conv_head' }, learningRate: 1e-4 },
    ],
    sampling: 'balanced',
    inputSize: 64,
    epochs: 10,
    batchSize: 8,
  },
}

const lab = await openKillLab(60)
try {
  const random = createRandom({ seed, purpose: 'kills' })
  const names = Object.keys(plans)
  const references = new Map<string, Awaited<ReturnType<typeof trainUndisturbed>>>()
  for (const name of names) references.set(name, await trainUndisturbed(lab, plans[name] as TrainPlanInput))
  const all: { name: string; result: KilledRun; equal: boolean }[] = []
  const sum = (of: (result: KilledRun) => number) => all.reduce((total, { result }) => total + of(result), 0)
  console.log('run   kills  in writing  went on from epochs                 weights   training')
  for (let turn = 0; sum((result) => result.kills) < kills; turn += 1) {
    const name = names[turn % names.length] as string
    const reference = references.get(name) as Awaited<ReturnType<typeof trainUndisturbed>>
    const left = Math.min(killsOfRun, kills - sum((result) => result.kills))
    const options = { kills: left, random }
    const result = await trainThroughKills(lab, plans[name] as TrainPlanInput, options)
    const equal = result.run.modelSha256 !== null && result.run.modelSha256 === reference.modelSha256
    all.push({ name, result, equal })
    const cells = [
      result.run.id.padEnd(5),
      String(result.kills).padStart(5),
      String(result.withinWriting).padStart(11),
      ` ${result.resumedFrom.join(' ')}`.padEnd(36),
      equal ? 'equal  ' : 'DIFFER ',
      name,
    ]
    console.log(cells.join(' '))
  }
  const total = sum((result) => result.kills)
  const equal = all.filter((each) => each.equal).length
  const slowest = Math.max(...all.map(({ result }) => result.slowestNoticeMs))
  const writing = sum((result) => result.withinWriting)
  report('kills of the trainer', String(total), `>= ${kills}`, total >= kills)
  report('of them while a checkpoint was being written', String(writing), '> 0', writing > 0)
  report(
    'runs with the weights of the undisturbed one',
    `${equal} of ${all.length}`,
    'all',
    equal === all.length,
  )
  report('death of a trainer noticed', `${(slowest / 1000).toFixed(2)} s`, '<= 2 s', slowest <= 2000)
} finally {
  await lab.test.dispose()
}
