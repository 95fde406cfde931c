import { AppError } from '../../contract/errors.ts'
import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { findBackbone } from '../../models/catalog.ts'
import { chooseEngine } from '../engines/index.ts'
import { measureEngine } from '../engines/probe.ts'
import { measuredNetwork } from '../engines/measured-network.ts'

/** Measures forward passes of a backbone at its own input size, with drawn weights: the same work as with published ones. */
export async function benchmark({
  id,
  own,
  engine: wanted,
}: JobInput<'benchmark'>): Promise<JobOutput<'benchmark'>> {
  const backbone = findBackbone(id, own && [own])
  const { engine } = await chooseEngine(wanted)
  const { imagesPerSecond, device, reason } = await measureEngine(engine, () => measuredNetwork(backbone))
  if (imagesPerSecond === null) {
    throw new AppError(
      'engine-unavailable',
      `${id} could not be measured on the engine ${engine}: ${reason}.`,
      {
        engine,
      },
    )
  }
  return { engine, device: device ?? '', imagesPerSecond }
}
