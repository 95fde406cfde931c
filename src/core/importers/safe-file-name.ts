const longest = 100
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i

/**
 * A name that every file system takes, for a class or the like: one path component, without leading or trailing dots and spaces.
 * Different names may give the same.
 */
export function safeFileName(name: string): string {
  const replaced = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029<>:"/\\|?*]/gu, '_')
    .replace(/^[. ]+/u, (run) => '_'.repeat(run.length))
  const cut = [...replaced]
    .slice(0, longest)
    .join('')
    .replace(/[. ]+$/u, '')
  if (cut === '') return '_'
  return reserved.test(cut) ? `_${cut}` : cut
}
