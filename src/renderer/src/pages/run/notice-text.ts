import { i18n } from '../../locales/index.ts'

/** What core did on the person's behalf, in the language that is shown: its own sentence in English, one by code in others. */
export function noticeText(notice: { code: string; message: string }): string {
  const { t, te, locale } = i18n.global
  const key = `runs.notices.${notice.code}`
  return locale.value === 'en' || !te(key) ? notice.message : t(key)
}
