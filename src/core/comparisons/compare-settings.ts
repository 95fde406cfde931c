import type { SettingRow } from '../../contract/comparison.ts'
import { trainPlanSchema } from '../../contract/train-plan.ts'
import type { RunRow } from '../store/tables/runs.ts'

/** Beside the plan's: pretrained weights by hash, and what the run was computed on. */
const furtherKeys = ['weights', 'computedBy', 'device', 'threads'] as const

/** Every setting of the runs' plans in the plan's order, then what else decides their results. */
export function compareSettings(rows: readonly RunRow[]): SettingRow[] {
  const settings = rows.map(settingsOf)
  const keys = [...Object.keys(trainPlanSchema.shape), ...furtherKeys]
  return keys.map((key) => {
    const values = settings.map((each) => each[key] ?? null)
    return { key, values, differs: new Set(values.map((value) => JSON.stringify(value))).size > 1 }
  })
}

function settingsOf(row: RunRow): Record<string, unknown> {
  return {
    ...trainPlanSchema.parse(JSON.parse(row.plan)),
    weights: row.weights_sha256,
    computedBy: row.engine,
    device: row.device,
    threads: row.threads,
  }
}
