import { useI18n } from 'vue-i18n'

/** What blocks of a network are called in the language that is shown; a name that a publisher gave stays. */
export function useBlockName() {
  const { t } = useI18n()
  return (block: string): string => {
    const number = /^block (\d+)$/.exec(block)?.[1]
    if (number !== undefined) return t('train.freeze.names.block', { number })
    return block === 'stem' || block === 'top' ? t(`train.freeze.names.${block}`) : block
  }
}
