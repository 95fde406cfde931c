import type { RequestOutput } from '../../../../contract/requests/index.ts'

type ImageImport = RequestOutput<'images.imports'>['imports'][number]

/** The name of what was imported, and when. @param day formats `2026-01-31` */
export function importLabel({ source, startedAt }: ImageImport, day: (date: string) => string): string {
  const name = source.split(/[\\/]/).findLast((part) => part !== '') ?? source
  const date = new Date(startedAt)
  const twoDigits = (value: number): string => String(value).padStart(2, '0')
  return `${name}, ${day(`${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`)}`
}
