import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runProgram } from '../../../src/headless/cli/program.ts'
import { expectFailure, runCli } from './run-cli.ts'

let home: string
const printed = { stdout: '', stderr: '' }

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'thaw-usage-'))
  vi.stubEnv('THAW_HOME', home)
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})
afterEach(() => void vi.restoreAllMocks())

/** In this process, which is quicker than one for each. */
async function run(...commandLine: string[]) {
  printed.stdout = printed.stderr = ''
  const capture = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text)
      return true
    })
  const spies = [capture('stdout'), capture('stderr')]
  const status = await runProgram(commandLine)
  for (const spy of spies) spy.mockRestore()
  return { status, ...printed }
}

describe('wrong usage ends with 2, one line that says what is valid, and nothing on stdout', () => {
  it.each<[string[], RegExp]>([
    [[], /init, sample, import, .* serve/],
    [['nonsense'], /init, sample, import, .* serve/],
    [['backbones', 'nonsense'], /show/],
    [['stats'], /project/],
    [['stats', 'a.thaw', 'b.thaw'], /Usage: thaw stats/],
    [['stats', 'a.thaw', '--nonsense'], /--json/],
    [['train', 'a.thaw', '--nonsense'], /--backbone, --mode/],
    [['train', 'a.thaw', '--time-budget', '5'], /--recipe auto/],
    [['train', 'a.thaw', '--momentum', '1'], /1 excluded/],
    [['train', 'a.thaw', '--plan', 'none.json'], /--plan none\.json: .*ENOENT/],
    [['train', 'a.thaw', '--plan', 'none.json', '--recipe', 'auto'], /--recipe/],
    [['train', 'a.thaw', '--sampling', 'nonsense'], /shuffle, balanced/],
    [['train', 'a.thaw', '--input-size', '4'], /8 to 1024/],
    [['train', 'a.thaw', '--schedule-parameter', 'factor'], /name=value/],
    [['train', 'a.thaw', '--phase', 'epochs=5,nonsense=1'], /epochs, lr, lr-backbone/],
    [['train', 'a.thaw', '--phase', 'lr=0.1'], /epochs/],
    [['train', 'a.thaw', '--freeze-first', '3', '--freeze-until', 'a'], /--freeze-first/],
    [['resume', 'a.thaw', 'r1', '--epochs', '0'], /1 to 10000/],
    [['sweep', 'a.thaw'], /--grid/],
    [['sweep', 'a.thaw', '--grid', 'nonsense'], /learningRate=1e-3,1e-2/],
    [['train', 'a.thaw', '--mode', 'nonsense'], /scratch, feature-extraction, fine-tune, full/],
    [['train', 'a.thaw', '--optimizer', 'nonsense'], /sgd, adam, adamw, rmsprop/],
    [
      ['train', 'a.thaw', '--schedule', 'nonsense'],
      /constant, cosine, step, one-cycle, exponential, plateau/,
    ],
    [['train', 'a.thaw', '--class-weights', 'nonsense'], /none, balanced/],
    [['train', 'a.thaw', '--engine', 'nonsense'], /auto, native, webgpu, wasm, cpu/],
    [['train', 'a.thaw', '--epochs', '0'], /1 to 10000/],
    [['train', 'a.thaw', '--epochs', '2.5'], /whole number/],
    [['train', 'a.thaw', '--batch-size', 'many'], /1 to 4096/],
    [['train', 'a.thaw', '--lr', '-1'], /above 0/],
    [['train', 'a.thaw', '--lr', 'NaN'], /above 0/],
    [['train', 'a.thaw', '--seed', '4294967296'], /0 to 4294967295/],
    [['train', 'a.thaw', '--epochs'], /--epochs/],
    [['train', 'a.thaw', '--freeze-until', 'a', '--trainable-layers', 'b'], /--trainable-layers/],
    [['import', 'a.thaw', 'b', '--format', 'nonsense'], /auto, folder/],
    [['import', 'a.thaw', 'b', '--copy', '--link'], /--copy.*--link/],
    [['import', 'a.thaw', 'b', '--split-from', 'nonsense'], /folder/],
    [['split', 'a.thaw', '--validation', '1.5'], /0 to 0.9/],
    [['split', 'a.thaw', '--validation', '0.6', '--test', '0.6'], /less than 1/],
    [['label', 'a.thaw'], /--csv/],
    [['label', 'a.thaw', '--csv', ''], /not empty/],
    [['suggest', 'a.thaw'], /--count/],
    [['suggest', 'a.thaw', '--count', '0'], /1 to 10000/],
    [
      ['suggest', 'a.thaw', '--count', '9', '--strategy', 'nonsense'],
      /mixed, uncertainty, margin, diversity, random/,
    ],
    [['evaluate', 'a.thaw', 'r1', '--split', 'nonsense'], /train, validation, test/],
    [['embed', 'a.thaw', '--out', 'x.npy'], /--backbone/],
    [['predict', 'a.thaw', 'r1'], /path/],
    [['serve', '--port', '99999'], /0 to 65535/],
  ])('%j', async (commandLine, message) => {
    expectFailure(await run(...commandLine), 2, message)
    expectFailure(await run(...commandLine, '--json'), 2, /./)
  })
})

it('explains each command on stdout', async () => {
  for (const command of ['train', 'import', 'serve', 'doctor']) {
    const result = await run(command, '--help')
    expect(result).toMatchObject({ status: 0, stderr: '' })
    expect(result.stdout).toContain(`Usage: thaw ${command}`)
  }
  expect((await run('--help')).stdout).toContain('predict')
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

describe('what is not there ends with 1', () => {
  it('a project', async () => {
    for (const command of ['stats', 'images', 'runs', 'check', 'train', 'split']) {
      expectFailure(await run(command, join(home, 'none.thaw'), '--json'), 1, /none\.thaw/)
    }
  })
  it('a backbone, listing those there are', async () => {
    expectFailure(await run('backbones', 'show', 'nonsense', '--json'), 1, /efficientnet-lite0/)
  })
  it('the state folder', async () => {
    vi.stubEnv('THAW_HOME', '/dev/null/nowhere')
    expectFailure(await run('backbones', '--json'), 1, /THAW_HOME/)
    vi.stubEnv('THAW_HOME', home)
  })
})

it('has the same statuses as a process', async () => {
  expectFailure(await runCli(home, ['stats', 'a.thaw', '--nonsense']), 2, /--json/)
  expectFailure(await runCli(home, ['stats', join(home, 'none.thaw'), '--json']), 1, /none\.thaw/)
})
