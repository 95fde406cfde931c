import { createI18n } from 'vue-i18n'
import { en } from './en.ts'
import { zhCN } from './zh-CN.ts'

export const locales = ['en', 'zh-CN'] as const
export type Locale = (typeof locales)[number]

/** Both languages, compiled in: nothing is fetched. */
export const i18n = createI18n({
  legacy: false,
  locale: 'en' as Locale,
  fallbackLocale: 'en',
  messages: { en, 'zh-CN': zhCN } as Record<Locale, typeof en>,
  missingWarn: true,
  fallbackWarn: false,
})

/** The language a person's system asks for, where there is no choice of theirs. */
export function systemLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}
