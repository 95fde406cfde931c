import { spawn } from 'node:child_process'

const waitMs = 3000

/** Opens an address in the person's default browser. @returns false where that is not possible here */
export async function openInBrowser(
  url: string,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const [program, ...prefix] =
    platform === 'darwin'
      ? ['open']
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler']
        : ['xdg-open']
  const child = spawn(program!, [...prefix, url], { stdio: 'ignore', detached: true })
  child.unref()
  return new Promise((resolve) => {
    // Some launchers stay with the browser they started.
    const timer = setTimeout(() => resolve(true), waitMs)
    const settle = (opened: boolean) => {
      clearTimeout(timer)
      resolve(opened)
    }
    child.on('error', () => settle(false))
    child.on('exit', (code) => settle(code === 0))
  })
}
