/** Long enough for any browser to have begun. */
const keptMs = 60_000

/** Has the browser save a text as a file, where people have it save theirs. */
export function saveText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), keptMs)
}
