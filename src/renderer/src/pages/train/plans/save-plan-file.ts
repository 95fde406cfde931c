import { writePlanFile, type NamedPlan } from '../../../../../contract/plan-file.ts'
import { saveFile } from '../../../composables/save-file.ts'

/** Gives a plan to the person as a file that any Thaw reads. */
export function savePlanFile(plan: NamedPlan): void {
  saveFile(`${plan.name}.thaw-plan.json`, new Blob([writePlanFile(plan)], { type: 'application/json' }))
}
