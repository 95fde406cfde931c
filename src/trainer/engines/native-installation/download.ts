import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import type { Wheel, WheelPlatform } from './location.mjs'

/** Called with the bytes so far. */
export type OnBytes = (bytes: number) => void

/**
 * Downloads the platform's pinned wheel into `folder`: through pip where there is one, since it knows the person's
 * mirror, proxy and certificates, else from the package index itself. The caller checks the hash.
 * @returns the path of the wheel.
 * @throws Error with one line for each way that failed.
 */
export async function downloadWheel(
  platform: WheelPlatform,
  version: string,
  folder: string,
  onBytes: OnBytes,
): Promise<string> {
  const wheel = platform.wheels[0]!
  const target = join(folder, wheel.name)
  const failures: string[] = []
  for (const [way, download] of [
    ['pip', () => downloadWithPip(platform, version, folder, onBytes)],
    ['the package index', () => downloadFromIndex(platform, wheel, target, onBytes)],
  ] as const) {
    try {
      await download()
      return target
    } catch (error) {
      failures.push(`${way}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  throw new Error(failures.join('; '))
}

async function downloadWithPip(platform: WheelPlatform, version: string, folder: string, onBytes: OnBytes) {
  const [command, ...first] = await findPip()
  const options = ['download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input', '--quiet']
  options.push('--disable-pip-version-check', '--retries', '2', '--python-version', '3.11')
  options.push('--implementation', 'cp', '--platform', platform.pipPlatform, '--dest', folder)
  options.push(`${platform.package}==${version}`)
  // Only new versions of pip tell programs how far they are: the growing file does with all.
  const timer = setInterval(() => void bytesUnder(folder).then(onBytes), 200)
  const { code, errors } = await runPip(command!, [...first, ...options], folder).finally(() =>
    clearInterval(timer),
  )
  if (code === 0) return
  const last = errors.split('\n').findLast((line) => line.startsWith('ERROR'))
  throw new Error(last ?? `it ended with status ${code}`)
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])) {
    if (!entry.isFile()) continue
    const size = await stat(join(entry.parentPath, entry.name)).then(
      (file) => file.size,
      () => 0,
    )
    bytes = Math.max(bytes, size)
  }
  return bytes
}

async function findPip(): Promise<string[]> {
  for (const candidate of [['python3', '-m', 'pip'], ['pip3'], ['pip']]) {
    const { code } = await runPip(candidate[0]!, [...candidate.slice(1), '--version'], tmpdir())
    if (code === 0) return candidate
  }
  throw new Error('it is not installed')
}

function runPip(
  command: string,
  args: string[],
  temporaryFolder: string,
): Promise<{ code: number; errors: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, TMPDIR: temporaryFolder }
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env })
    let errors = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
    child.on('error', (error) => resolve({ code: 127, errors: error.message }))
    child.on('close', (code) => resolve({ code: code ?? 1, errors }))
  })
}

/** @see https://packaging.python.org/en/latest/specifications/simple-repository-api/ */
async function downloadFromIndex(platform: WheelPlatform, wheel: Wheel, target: string, onBytes: OnBytes) {
  const index = (process.env.PIP_INDEX_URL ?? 'https://pypi.org/simple').replace(/\/+$/, '')
  const page = `${index}/${platform.package}/`
  const accept = 'application/vnd.pypi.simple.v1+json, text/html;q=0.1'
  const listing = await request(page, { accept }, 30_000)
  const text = await listing.text()
  const address = findAddress(text, wheel.name, page)
  if (!address) throw new Error(`${page} does not list ${wheel.name}`)
  const response = await request(address, {}, 30 * 60_000)
  let bytes = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      onBytes(bytes)
      done(null, chunk)
    },
  })
  await pipeline(Readable.fromWeb(response.body as ReadableStream), measure, createWriteStream(target))
}

function findAddress(listing: string, name: string, page: string): string | null {
  if (listing.trimStart().startsWith('{')) {
    const { files } = JSON.parse(listing) as { files: { filename: string; url: string }[] }
    const file = files.find(({ filename }) => filename === name)
    return file ? new URL(file.url, page).href : null
  }
  for (const [, href] of listing.matchAll(/<a[^>]+href="([^"]+)"/g)) {
    const url = new URL(href!.replaceAll('&amp;', '&'), page)
    if (url.pathname.endsWith(`/${name}`)) return url.href
  }
  return null
}

async function request(url: string, headers: Record<string, string>, timeoutMs: number): Promise<Response> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
    if (!response.ok || !response.body) throw new Error(`${new URL(url).host} answered ${response.status}`)
    return response
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
    throw new Error(
      [error instanceof Error ? error.message : String(error), cause].filter(Boolean).join(': '),
    )
  }
}
