import type { Page } from '@playwright/test'

/**
 * Drags files and folders over a page that takes them, as from the system's file manager: the page is given them by the browser itself.
 *
 * @param files absolute
 * @param at in pixels; left out: the middle
 * @returns lets go of them
 */
export async function dragFiles(
  page: Page,
  files: readonly string[],
  at?: { x: number; y: number },
): Promise<() => Promise<void>> {
  const session = await page.context().newCDPSession(page)
  const { width, height } = page.viewportSize() ?? { width: 1280, height: 800 }
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  const send = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, x: at?.x ?? width / 2, y: at?.y ?? height / 2, data })
  await send('dragEnter')
  // Until a page has said that it takes them, they cannot be dropped on it.
  await page.getByTestId('drop-overlay').waitFor()
  await send('dragOver')
  return async () => {
    await send('drop')
    await session.detach()
  }
}

/** Drags them there and lets go. */
export async function dropFiles(page: Page, files: readonly string[]): Promise<void> {
  const drop = await dragFiles(page, files)
  await drop()
}
