import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../contract/errors.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { Trainers } from '../processes/trainers.ts'
import { addedWeightsStore } from './added-weights.ts'
import { installedWeights } from './installed-weights.ts'

/** What a backbone's own classifier says of images. */
export function createClassifyHandlers(
  context: Pick<CoreContext, 'dataDir' | 'resourcesDir'>,
  trainers: Pick<Trainers, 'runShort'>,
): Handlers<'backbones.classify'> {
  return {
    async 'backbones.classify'({ id, paths, top }) {
      const backbone = backboneOf(context.dataDir, id)
      if (backbone.own) {
        throw new AppError(
          'weights-missing',
          `${id} is a model of your own, whose classifier was left out; it has none of ImageNet's 1,000 classes. Choose another backbone, or train ${id} and predict by that run.`,
          { backbone: id },
        )
      }
      const weights = await installedWeights(context, backbone)
      const classifierPath = addedWeightsStore(context.dataDir).classifierPath(id, weights.sha256)
      if (!existsSync(classifierPath)) {
        throw new AppError(
          'weights-missing',
          `The installed weights of ${id} have no classifier of ImageNet's 1,000 classes. Add a file that has it (thaw backbones add FILE --as ${id}).`,
          { backbone: id },
        )
      }
      const classes = classNames(context.resourcesDir)
      const job = { weights, classifierPath, paths, top, engine: 'auto' } as const
      const { results, skipped } = await trainers.runShort('classify', job)
      return {
        predictions: results.map(({ path, top: likeliest }) => ({
          path,
          top: likeliest.map(({ index, probability }) => ({
            class: classes[index] ?? String(index),
            probability,
          })),
        })),
        skipped,
      }
    },
  }
}

/** In the order of ImageNet's classifiers. */
function classNames(resourcesDir: string): string[] {
  const text = readFileSync(join(resourcesDir, 'imagenet', 'classes.json'), 'utf8')
  return z.array(z.string()).length(1000).parse(JSON.parse(text))
}
