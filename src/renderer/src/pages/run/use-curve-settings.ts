import { ref, watch } from 'vue'

const smoothingKey = 'thaw.smoothing'
/** Beyond this a curve lags behind what it shows. */
export const mostSmoothing = 0.98

const smoothing = ref(storedSmoothing())
const logarithmic = ref(false)
watch(smoothing, (value) => localStorage.setItem(smoothingKey, String(value)))

/** How a person looks at curves: the same for every run. */
export function useCurveSettings() {
  return { smoothing, logarithmic }
}

function storedSmoothing(): number {
  const stored = Number(localStorage.getItem(smoothingKey))
  return stored >= 0 && stored <= mostSmoothing ? stored : 0
}
