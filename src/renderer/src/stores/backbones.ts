import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Backbone } from '../../../contract/entities.ts'
import type { Backbone as Network } from '../../../models/backbone.ts'
import { findBackbone } from '../../../models/catalog.ts'
import { useClient } from '../client/index.ts'

/** The pretrained networks that core knows, with whether their weights are here. */
export const useBackbonesStore = defineStore('backbones', () => {
  const client = useClient()
  const backbones = shallowRef<readonly Backbone[]>([])
  const loaded = shallowRef(false)
  const error = shallowRef<unknown>(null)
  const byId = computed(() => new Map(backbones.value.map((backbone) => [backbone.id, backbone])))
  const own = computed(() => backbones.value.flatMap((backbone) => backbone.own ?? []))

  /** The network of that id, as data. @throws AppError 'backbone-not-found'; also for one of the person's own until the list is loaded */
  function find(id: string): Network {
    return findBackbone(id, own.value)
  }

  async function load(): Promise<void> {
    try {
      backbones.value = (await client.request('backbones.list', {})).backbones
      error.value = null
      loaded.value = true
    } catch (thrown) {
      error.value = thrown
    }
  }

  client.onReconnected(() => void load())

  return { backbones, byId, loaded, error, find, load }
})
