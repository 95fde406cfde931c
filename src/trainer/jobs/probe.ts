import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { defaultBackboneId, findBackbone } from '../../models/catalog.ts'
import { measuredNetwork } from '../engines/measured-network.ts'
import { measureEngine } from '../engines/probe.ts'
import { readWeights } from '../network.ts'

/** Measures an engine by the backbone that is given; where none is, by the default one with drawn weights, which is the same work. */
export async function probe({ weights, engine }: JobInput<'probe'>): Promise<JobOutput<'probe'>> {
  const backbone = findBackbone(weights?.backbone ?? defaultBackboneId)
  const values = weights === null ? undefined : await readWeights(weights, backbone)
  return measureEngine(engine, () => measuredNetwork(backbone, values))
}
