import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { startStep } from '../../scripts/setup/progress.mjs'

function capture(isTTY: boolean) {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY }) as unknown as NodeJS.WriteStream, text: () => text }
}

it('prints a line a quarter where there is no terminal', () => {
  const { stream, text } = capture(false)
  const step = startStep('Engine', stream)
  for (let percent = 0; percent <= 100; percent++) step.update(percent / 100, 'downloading')
  step.update(0, 'unpacking')
  step.done('ready')
  expect(text().split('\n')).toEqual([
    'Engine: downloading 0%',
    'Engine: downloading 25%',
    'Engine: downloading 50%',
    'Engine: downloading 75%',
    'Engine: downloading 100%',
    'Engine: unpacking 0%',
    expect.stringMatching(/^✓ Engine: ready \(0\.\d s\)$/),
    '',
  ])
})

it('draws one bar on a terminal and clears it', () => {
  const { stream, text } = capture(true)
  const step = startStep('Engine', stream)
  step.update(0.5, 'downloading')
  step.fail('no network')
  expect(text()).toBe(
    `\r\x1b[2K${'█'.repeat(12)}${'░'.repeat(12)} 50% Engine: downloading\r\x1b[2K! Engine: no network\n`,
  )
})
