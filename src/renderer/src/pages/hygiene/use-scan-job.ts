import { computed } from 'vue'
import { useJobsStore } from '../../stores/jobs.ts'

/** The scan of the shown project while it goes on. */
export function useScanJob() {
  const jobs = useJobsStore()
  return computed(() => [...jobs.jobs.values()].find(({ kind }) => kind === 'scan'))
}
