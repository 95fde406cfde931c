import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration } from '../../../src/headless/cli/format.ts'
import { pathAsGiven } from '../../../src/headless/cli/predict.ts'
import { createProgressBar } from '../../../src/headless/cli/progress-bar.ts'
import { epochsOf } from '../../../src/headless/cli/run-document.ts'
import { cellWidth, formatTable } from '../../../src/headless/cli/table.ts'
import { createTerminal, oneLine } from '../../../src/headless/cli/terminal.ts'

function stream(isTTY = false) {
  const written: string[] = []
  return { written, isTTY, columns: 80, write: (text: string) => void written.push(text) }
}
const state = { label: 'Reading', done: 5, total: 10, ratePerSecond: 12.4, secondsLeft: 65, unit: 'images' }

describe('the terminal', () => {
  it('prints nothing before the command has ended well', () => {
    const out = stream()
    const terminal = createTerminal({ json: true }, out, stream())
    terminal.answer({ a: 1 }, () => 'human')
    expect(out.written).toEqual([])
    terminal.flush()
    expect(out.written).toEqual(['{"a":1}\n'])
  })
  it('keeps a note to one line, whatever is in a name', () => {
    const errors = stream()
    createTerminal({ json: false }, stream(), errors).note("the class 'a\nb\u001b[31m\u202e' is empty")
    expect(errors.written.join('')).toBe("the class 'a b\ufffd[31m\ufffd' is empty\n")
    expect(oneLine('a \r\n b')).toBe('a b')
  })
})

describe('progress', () => {
  it('is a bar with rate and time left on a terminal, taken away at the end', () => {
    const errors = stream(true)
    const bar = createProgressBar(errors, () => 0)
    bar.update(state)
    expect(errors.written.join('')).toContain(
      `${'█'.repeat(12)}${'░'.repeat(12)}  5/10 images  12/s  1 min 05 s left`,
    )
    bar.end()
    expect(errors.written.at(-1)).toBe('\r\u001b[2K')
  })
  it('never fills a line of the terminal', () => {
    const errors = { ...stream(true), columns: 30 }
    createProgressBar(errors, () => 0).update(state)
    expect(errors.written.every((text) => text.replace('\r\u001b[2K', '').length < 30)).toBe(true)
  })
  it('elsewhere is a line now and then, and none for what is over at once', () => {
    const errors = stream()
    let now = 0
    const bar = createProgressBar(errors, () => now)
    for (; now < 12_500; now += 50) bar.update({ ...state, done: now })
    expect(errors.written).toHaveLength(3)
    expect(errors.written.join('')).not.toContain('\r')

    const short = stream()
    createProgressBar(short, () => 0).update(state)
    expect(short.written).toEqual([])
  })
})

describe('tables', () => {
  it('align numbers at the right and count wide characters twice', () => {
    expect(
      formatTable(
        [{ title: 'Class' }, { title: 'Images', align: 'right' }],
        [
          ['蜜蜂', '1,204'],
          ['ant', '7'],
        ],
      ),
    ).toBe('Class  Images\n蜜蜂    1,204\nant         7')
    expect(cellWidth('蜜蜂🐝a')).toBe(7)
  })
  it('are not torn by names with line breaks', () => {
    expect(formatTable([{ title: 'A' }], [['x\ny']]).split('\n')).toHaveLength(2)
  })
})

it('words for durations and sizes', () => {
  expect([0.44, 42, 185, 7620].map(formatDuration)).toEqual(['0.4 s', '42 s', '3 min 05 s', '2 h 07 min'])
  expect([512, 18_600_000].map(formatBytes)).toEqual(['512 B', '18.6 MB'])
})

it('epochs from rows, only those that are whole', () => {
  const row = (epoch: number, name: string, value: number) => ({ seq: 0, step: 0, epoch, name, value })
  const whole = (epoch: number) => [
    row(epoch, 'train/loss', 0.5),
    row(epoch, 'train/accuracy', 0.75),
    row(epoch, 'validation/loss', 0.6),
    row(epoch, 'validation/accuracy', 0.7),
    row(epoch, 'learning-rate', 0.001),
    row(epoch, 'seconds', 2),
  ]
  const epochs = epochsOf([...whole(2), row(0.5, 'batch/loss', 9), ...whole(1), row(3, 'train/loss', 0.1)])
  expect(epochs.map(({ epoch }) => epoch)).toEqual([1, 2])
  expect(epochs[0]).toEqual({
    epoch: 1,
    loss: 0.5,
    accuracy: 0.75,
    valLoss: 0.6,
    valAccuracy: 0.7,
    learningRate: 0.001,
    seconds: 2,
  })
})

it('gives paths back as they were given', () => {
  const here = process.cwd()
  expect(pathAsGiven(`${here}/a/b.jpg`, ['a'])).toBe('a/b.jpg')
  expect(pathAsGiven(`${here}/a.jpg`, ['./a.jpg'])).toBe('./a.jpg')
  expect(pathAsGiven('/x/y.jpg', ['/x/'])).toBe('/x/y.jpg')
  expect(pathAsGiven('/other/y.jpg', ['/x'])).toBe('/other/y.jpg')
  expect(pathAsGiven('/x/..y.jpg', ['/x'])).toBe('/x/..y.jpg')
})
