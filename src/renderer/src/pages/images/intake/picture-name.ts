/**
 * What a picture is called that has no name: the time on this computer's clock, to the millisecond, so that names sort as pictures were made.
 *
 * @param ending such as `jpg`
 */
export function pictureName(time: Date, ending: string): string {
  const digits = (value: number, count = 2): string => String(value).padStart(count, '0')
  const day = [digits(time.getFullYear(), 4), digits(time.getMonth() + 1), digits(time.getDate())].join('-')
  const clock = [digits(time.getHours()), digits(time.getMinutes()), digits(time.getSeconds())].join('-')
  return `${day} ${clock}-${digits(time.getMilliseconds(), 3)}.${ending}`
}
