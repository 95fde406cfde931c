/**
 * Opens the browser's print dialog on an HTML document of its own, which is not shown.
 *
 * @returns when the document was handed to the dialog
 */
export async function printDocument(html: string): Promise<void> {
  const frame = document.createElement('iframe')
  // A frame that is not displayed is not printed.
  Object.assign(frame.style, {
    position: 'fixed',
    right: '100%',
    width: '210mm',
    height: '297mm',
    border: '0',
  })
  frame.setAttribute('aria-hidden', 'true')
  frame.tabIndex = -1
  frame.dataset.testid = 'printed'
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  frame.srcdoc = html
  document.body.append(frame)
  await loaded
  const view = frame.contentWindow
  if (view === null) throw new Error('The document could not be opened for printing.')
  // Where the dialog does not hold this page, it has read the document when it says so, or a later print takes its place.
  document
    .querySelectorAll('iframe[data-testid=printed]')
    .forEach((other) => other !== frame && other.remove())
  view.addEventListener('afterprint', () => frame.remove(), { once: true })
  view.focus()
  view.print()
}
