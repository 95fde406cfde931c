import { useI18n } from 'vue-i18n'
import { toast } from 'vue-sonner'
import { AppError, errorCodes, toErrorPayload, type ErrorDetails } from '../../../contract/errors.ts'
import { en } from '../locales/en.ts'
import { i18n } from '../locales/index.ts'

/** Values that a person can use, in the order they are shown. */
const factNames = Object.keys(en.errors.facts) as (keyof typeof en.errors.facts)[]

/** An error in the language that is shown: one sentence by code, and the values it came with. */
export interface ErrorText {
  code: string
  sentence: string
  facts: string
}

/** @param error Anything thrown, or a stored `{code, message, details}`. */
export function errorText(error: unknown): ErrorText {
  const t = i18n.global.t
  const payload = isPayload(error) ? error : toErrorPayload(error)
  const known = (errorCodes as readonly string[]).includes(payload.code)
  const facts = factNames.flatMap((name) => {
    const value = payload.details[name]
    if (value === undefined || value === null || value === '') return []
    return [`${t(`errors.facts.${name}`)}: ${Array.isArray(value) ? value.join(', ') : String(value)}`]
  })
  // Which setting it is, and what it takes, only the message says.
  if (payload.code === 'internal' || payload.code === 'plan-invalid' || !known) facts.unshift(payload.message)
  return {
    code: payload.code,
    sentence: known ? t(`errors.codes.${payload.code}`) : t('errors.title'),
    facts: facts.join('\n'),
  }
}

function isPayload(error: unknown): error is { code: string; message: string; details: ErrorDetails } {
  return (
    error instanceof AppError ||
    (typeof error === 'object' && error !== null && 'code' in error && 'details' in error)
  )
}

/** Shows what went wrong in a toast that stays until read. */
export function toastError(error: unknown): void {
  const text = errorText(error)
  toast.error(text.sentence, { description: text.facts || undefined, duration: 10_000 })
}

/** Error texts that follow the language. */
export function useErrors() {
  const { locale } = useI18n()
  return {
    text: (error: unknown): ErrorText => {
      void locale.value
      return errorText(error)
    },
    toastError,
  }
}
