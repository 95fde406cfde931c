const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A small page of text, for when there is no interface to show. */
export function messagePage(title: string, paragraphs: readonly string[]): string {
  const escape = (text: string) => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character)
  const body = paragraphs.map((text) => `<p>${escape(text)}</p>`).join('')
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>` +
    '<style>body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1rem;color-scheme:light dark}</style>' +
    `<h1>${escape(title)}</h1>${body}</html>\n`
  )
}
