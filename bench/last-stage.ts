/**
 * ResNet18 with all but its last stage and its head frozen, against PyTorch with `requires_grad = False` on the same layers: same pictures,
 * same (random) weights, Adam (head 1e-3, last stage 1e-4), batches of 32, whole processes.
 *
 *     node bench/last-stage.ts [--epochs 10] [--per-class PICTURES]
 */
import { raceAgainstScript } from './against-script.ts'

await raceAgainstScript({
  name: 'ResNet18, last stage trained',
  script: 'last-stage.py',
  package: 'PyTorch',
  weightsFile: 'resnet18.pth',
  backbone: 'resnet18',
  trainArguments: [
    ...['--backbone', 'resnet18', '--freeze-until', 'layer3.1.relu'],
    ...['--optimizer', 'adam', '--lr', '1e-3', '--lr-backbone', '1e-4', '--batch-size', '32'],
  ],
  bound: 3,
})
