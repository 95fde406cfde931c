import { join } from 'node:path'
import { z } from 'zod'
import { backboneSpeedSchema, type BackboneSpeed } from '../../contract/entities.ts'
import { createJsonFile, type JsonFile } from '../app/json-file.ts'
import type { CoreContext, Handlers } from '../context.ts'
import { backboneOf } from '../own-backbones/own-backbones.ts'
import type { Trainers } from '../processes/trainers.ts'

const speedsSchema = z.record(z.string(), backboneSpeedSchema)

/** How fast backbones were when they were measured on this machine, by id; kept in the person's data folder. */
export function backboneSpeeds({
  dataDir,
  log,
}: Pick<CoreContext, 'dataDir' | 'log'>): JsonFile<Record<string, BackboneSpeed>> {
  const file = join(dataDir, 'speeds.json')
  return createJsonFile(file, speedsSchema, {}, (error) =>
    log.warn({ error, file }, 'measured speeds could not be read; none are shown'),
  )
}

/** Measures backbones on this machine, one after another on the resident trainer. */
export function createMeasureHandlers(
  context: Pick<CoreContext, 'dataDir' | 'log' | 'publish'>,
  trainers: Pick<Trainers, 'runShort'>,
): Handlers<'backbones.measure'> {
  return {
    async 'backbones.measure'({ id }) {
      const { own } = backboneOf(context.dataDir, id)
      const measured = await trainers.runShort('benchmark', { id, ...(own && { own }), engine: 'auto' })
      const speed = { ...measured, measuredAt: Date.now() }
      const speeds = backboneSpeeds(context)
      speeds.write({ ...speeds.read(), [id]: speed })
      context.publish('backbones.changed', { id })
      return speed
    },
  }
}
