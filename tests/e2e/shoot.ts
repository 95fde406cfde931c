import { join } from 'node:path'
import type { Page } from '@playwright/test'

/** Where `SHOTS` names a folder, what is seen is kept there. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.SHOTS
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}
