import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether what was changed in this window is on disk: core answers after the commit, never before. */
export const useSavingStore = defineStore('saving', () => {
  /** Commands under way. */
  const pending = ref(0)
  /** When the last one was on disk; null while one is under way and before the first. */
  const savedAt = ref<number | null>(null)

  async function save<Answer>(work: Promise<Answer>): Promise<Answer> {
    pending.value++
    savedAt.value = null
    try {
      const answer = await work
      if (pending.value === 1) savedAt.value = Date.now()
      return answer
    } finally {
      pending.value--
    }
  }

  return { pending, savedAt, save }
})
