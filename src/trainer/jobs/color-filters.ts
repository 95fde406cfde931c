import type { JobInput, JobOutput } from '../../contract/jobs.ts'
import { quantize } from '../../ml/explain/channel-maps.ts'
import { colorFiltersOf } from '../../models/color-filters.ts'
import { readModel } from '../model-file.ts'
import { readModelValues } from '../model-values.ts'

/**
 * Shows the filters of a model's first layer as they look at colours, each scaled by itself. Needs no engine.
 *
 * @throws AppError 'run-has-no-model', 'weights-missing', 'weights-invalid'
 */
export async function colorFilters(input: JobInput<'colorFilters'>): Promise<JobOutput<'colorFilters'>> {
  const model = await readModel(input.runFolder)
  const values = await readModelValues(model, input.weights)
  const found = colorFiltersOf(model.network.graph, values, model.description.preprocessing)
  if (found === null) return { filters: null }
  const { layer, height, width, count } = found
  const length = height * width * 3
  const tiles = new Uint8Array(count * length)
  for (let filter = 0; filter < count; filter += 1) {
    const one = found.values.subarray(filter * length, (filter + 1) * length)
    tiles.set(quantize(one).values, filter * length)
  }
  return { filters: { layer, height, width, count, tiles } }
}
