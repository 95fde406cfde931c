import { AppError } from '../../contract/errors.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { findBackbone } from '../../models/catalog.ts'
import { chooseEngine } from '../engines/index.ts'
import { measuredNetwork } from '../engines/measured-network.ts'
import { measureForwardPasses } from '../engines/probe.ts'
import { reasonOf } from '../engines/unavailable.ts'

/** Measures forward passes of a backbone at its own input size, with drawn weights: the same work as with published ones. */
export async function benchmark({
  id,
  own,
  engine: wanted,
}: JobInput<'benchmark'>): Promise<JobOutput<'benchmark'>> {
  const backbone = findBackbone(id, own && [own])
  const { engine, device } = await chooseEngine(wanted)
  try {
    return { engine, device, imagesPerSecond: await measureForwardPasses(engine, measuredNetwork(backbone)) }
  } catch (error) {
    throw new AppError(
      'engine-unavailable',
      `${id} could not be measured on the engine ${engine}: ${reasonOf(error)}.`,
      { engine },
    )
  }
}
