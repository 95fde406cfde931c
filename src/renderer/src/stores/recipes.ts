import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Recipe } from '../../../contract/recipes.ts'
import { useClient } from '../client/index.ts'

/** The ways to train that core knows by name. */
export const useRecipesStore = defineStore('recipes', () => {
  const client = useClient()
  const recipes = shallowRef<readonly Recipe[]>([])

  async function load(): Promise<void> {
    recipes.value = (await client.request('recipes.list', {})).recipes
  }

  return { recipes, load }
})
