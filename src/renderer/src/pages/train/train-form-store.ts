import { defineStore } from 'pinia'
import { ref, watch } from 'vue'
import { useProjectStore } from '../../stores/project.ts'
import { defaultForm, formOfPlan, withBackbone } from './train-form.ts'
import type { NamedPlan } from '../../../../contract/plan-file.ts'
import type { Run } from '../../../../contract/entities.ts'
import type { TrainPlan } from '../../../../contract/train-plan.ts'
import type { Backbone } from '../../../../models/backbone.ts'

/** What was set on the Train page: it stays while the person goes to label more, and starts anew in another project. */
export const useTrainFormStore = defineStore('train-form', () => {
  const projects = useProjectStore()
  const form = ref(defaultForm())
  /** The name of the run whose settings were taken over. */
  const fromRun = ref<string | null>(null)
  /** The name of the saved plan whose settings were taken over. */
  const fromPlan = ref<string | null>(null)
  /** The id of the recipe whose settings were taken over. */
  const fromRecipe = ref<string | null>(null)

  function takeFrom(run: Run): void {
    form.value = formOfPlan(run.plan)
    fromRun.value = run.name
    fromRecipe.value = fromPlan.value = null
  }

  function takeRecipe(recipe: string, plan: TrainPlan): void {
    form.value = formOfPlan(plan)
    fromRun.value = fromPlan.value = null
    fromRecipe.value = recipe
  }

  function takeBackbone(backbone: Backbone): void {
    form.value = withBackbone(form.value, backbone)
  }

  function takePlan({ name, plan }: NamedPlan): void {
    form.value = formOfPlan(plan)
    fromRun.value = fromRecipe.value = null
    fromPlan.value = name
  }

  function reset(): void {
    form.value = defaultForm()
    fromRun.value = null
    fromRecipe.value = fromPlan.value = null
  }

  watch(() => projects.project?.id, reset)

  return { form, fromRun, fromRecipe, fromPlan, takeFrom, takeRecipe, takePlan, takeBackbone, reset }
})
