/** Gives a file to the person, as a download: where it goes the browser, or the window, asks or decides. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = safeFileName(name)
  link.click()
  // The browser has read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A name that every system takes: signs that some of them do not take become '-'. */
export function safeFileName(name: string): string {
  return name.replace(/[\u0000-\u001f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+/g, '-').trim() || 'thaw'
}
