import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const entry = fileURLToPath(new URL('read-mutated.ts', import.meta.url))
const isLong = process.env.THAW_LONG_TESTS === '1'
const count = isLong ? 10_000 : 500
const hangMs = 30_000
const allowedBytes = 100 * 2 ** 20

interface Report {
  outcomes: Record<string, number>
  addedBytes: number
  fileBytes: number
}

/** @throws where it crashes, or takes too long over one file */
function readMutated(fixture: string, first: number, files: number): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = fork(entry, [fixture, String(first), String(files)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let last = -1
    let output = ''
    let report: Report | undefined
    let timer: NodeJS.Timeout | undefined
    const watch = (): void => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        output += 'It hung.'
        child.kill('SIGKILL')
      }, hangMs)
    }
    child.stdout?.on('data', (text: Buffer) => (output += text.toString()))
    child.stderr?.on('data', (text: Buffer) => (output += text.toString()))
    child.on('message', (message: { index: number } | Report) => {
      watch()
      if ('index' in message) last = message.index
      else report = message
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (report && output === '') resolve(report)
      else
        reject(
          new Error(`${fixture}, mutation ${last}: ended with ${signal ?? code}. ${output.slice(-2000)}`),
        )
    })
    watch()
  })
}

it.each([
  'tiny-whole.h5',
  'tiny-keras-2.h5',
  'tiny-latest.h5',
  'tiny.keras',
  'tiny.pth',
  'tiny-legacy.pth',
  'tiny.safetensors',
  'tiny-tfjs/model.json',
])(
  `%s: ${count} mutated files are read or refused, without a crash, a hang, or more memory than their size allows`,
  async (fixture) => {
    const perProcess = 500
    let mostAdded = 0
    let refused = 0
    for (let first = 0; first < count; first += perProcess) {
      const { outcomes, addedBytes, fileBytes } = await readMutated(fixture, first, perProcess)
      const expected = [
        'read',
        'weights-invalid',
        'weights-mismatch',
        'weights-unsafe',
        'weights-format-unknown',
      ]
      expect(Object.keys(outcomes).filter((outcome) => !expected.includes(outcome))).toEqual([])
      expect(outcomes['weights-invalid']).toBeGreaterThan(perProcess / 20)
      expect(addedBytes).toBeLessThan(2 * fileBytes + allowedBytes)
      mostAdded = Math.max(mostAdded, addedBytes)
      refused += perProcess - (outcomes.read ?? 0)
    }
    if (isLong) {
      const figure = `${refused} refused, ${Math.ceil(mostAdded / 2 ** 20)} MiB added`
      console.log(
        `ok    ${fixture}: ${count} mutated files  ${figure}  no crash, no hang, 2 x file + 100 MiB`,
      )
    }
  },
  60_000 + count * 50,
)
