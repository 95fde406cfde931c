import { useI18n } from 'vue-i18n'
import type { GroupValue, ImageGrouping } from '../../../../contract/image-query.ts'
import { useFormats } from '../../composables/use-formats.ts'
import { useClassesStore } from '../../stores/classes.ts'
import { useImageFacetsStore } from '../../stores/image-facets.ts'
import { importLabel } from './import-label.ts'

export interface GroupLabel {
  text: string
  /** Where it says more than the text. */
  title?: string | undefined
  /** `#rrggbb` of a class. */
  color?: string | undefined
}

/** What groups of images are called. */
export function useGroupLabels() {
  const classes = useClassesStore()
  const facets = useImageFacetsStore()
  const formats = useFormats()
  const { t } = useI18n()

  return (grouping: ImageGrouping, value: GroupValue): GroupLabel => {
    switch (grouping) {
      case 'class':
      case 'predicted': {
        const found = typeof value === 'number' ? classes.byId.get(value) : undefined
        if (found) return { text: found.name, color: found.color }
        return { text: t(grouping === 'class' ? 'images.unlabelled' : 'listing.predictions.none') }
      }
      case 'split':
        return {
          text: t(
            `app.split.${value === 'train' || value === 'validation' || value === 'test' ? value : 'none'}`,
          ),
        }
      case 'folder':
        return { text: value === '' ? t('listing.groups.topFolder') : String(value) }
      case 'import': {
        const found = facets.imports.find(({ id }) => id === value)
        if (!found) return { text: t('listing.groups.noImport') }
        return { text: importLabel(found, formats.day), title: found.source }
      }
      case 'taken':
      case 'imported':
        return { text: value === null ? t('listing.groups.noDay') : formats.day(String(value)) }
      case 'none':
        return { text: '' }
    }
  }
}
