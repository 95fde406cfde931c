import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BrowserWindow } from 'electron'

/** Prints an HTML document that needs nothing but itself, in a window that nobody sees and that runs no script. */
export async function printToPdf(html: string): Promise<Uint8Array> {
  // An address holds only so many bytes; a file holds any number.
  const folder = await mkdtemp(join(tmpdir(), 'thaw-print-'))
  const window = new BrowserWindow({
    show: false,
    webPreferences: {
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      // Of its own and in memory: nothing of it stays.
      partition: `print-${crypto.randomUUID()}`,
    },
  })
  try {
    const path = join(folder, 'document.html')
    await writeFile(path, html)
    await window.loadFile(path)
    return await window.webContents.printToPDF({
      pageSize: 'A4',
      preferCSSPageSize: true,
      printBackground: true,
      generateTaggedPDF: true,
      generateDocumentOutline: true,
    })
  } finally {
    window.destroy()
    await rm(folder, { recursive: true, force: true })
  }
}
