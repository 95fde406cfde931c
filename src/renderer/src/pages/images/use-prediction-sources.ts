import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { useImagesStore } from '../../stores/images.ts'
import { useRunsStore } from '../../stores/runs.ts'
import { useSuggestionsStore } from '../../stores/suggestions.ts'

/** Stands for the newest head of suggestions among runs. */
export const ofSuggestions = 'suggestions'

/** Whose predictions images can be filtered, sorted and grouped by: those of suggestions, or of a run that scored some images. */
export function usePredictionSources() {
  const images = useImagesStore()
  const runs = useRunsStore()
  const suggestions = useSuggestionsStore()
  const { t } = useI18n()

  const hasHead = computed(() => {
    const source = suggestions.status?.head?.source
    return source !== undefined && source !== 'none'
  })
  const scored = computed(() =>
    runs.newestFirst.filter(
      ({ status, counts }) =>
        (status === 'completed' || status === 'stopped') && counts.validation + counts.test > 0,
    ),
  )
  const options = computed(() => [
    {
      value: ofSuggestions,
      label: t('listing.predictions.suggestions'),
      hint: hasHead.value
        ? t('listing.predictions.suggestionsHint')
        : t('listing.predictions.suggestionsMissing'),
    },
    ...scored.value.map(({ id, name }) => ({
      value: id,
      label: name === id ? name : `${id} ${name}`,
      hint: t('listing.predictions.runHint'),
    })),
  ])
  const shown = computed({
    get: () => images.filter.run ?? ofSuggestions,
    set: (value: string) => {
      images.setFilter({ run: value === ofSuggestions ? undefined : value, predictedIds: undefined })
    },
  })
  const shownLabel = computed(
    () => options.value.find(({ value }) => value === shown.value)?.label ?? shown.value,
  )
  /** Whether there are predictions of what is chosen. */
  const isKnown = computed(() => shown.value !== ofSuggestions || hasHead.value)

  return { options, shown, shownLabel, isKnown }
}
