/**
 * The recipe of the texts, a dense head on frozen VGG16, against their Keras script: same pictures, same (random) weights, same head, Adam
 * 1e-3, batches of 32, whole processes.
 *
 *     node bench/vgg16-head.ts [--epochs 10] [--per-class PICTURES]
 */
import { raceAgainstScript } from './against-script.ts'

await raceAgainstScript({
  name: 'VGG16 frozen, dense head',
  script: 'vgg16-head.py',
  package: 'Keras',
  weightsFile: 'vgg16.weights.h5',
  backbone: 'vgg16',
  trainArguments: ['--recipe', 'vgg16-feature-extraction'],
  bound: 4.5,
})
