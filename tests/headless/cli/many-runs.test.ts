import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectFailure, runCli, runJson, startCli } from './run-cli.ts'

const limitMs = 240_000

describe('resume, sweep and recipes, on drawn pictures', () => {
  let home: string
  let project: string
  const small = ['--batch-size', '8', '--input-size', '32']

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'thaw-cli-'))
    project = join(home, 'drawn.thaw')
    await runJson(home, 'sample', [
      project,
      '--images',
      '40',
      '--size',
      '48',
      '--classes',
      '2',
      '--seed',
      '1',
    ])
  }, limitMs)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it(
    'resume goes on with a killed run, to the weights of one that was not',
    async () => {
      const whole = await runJson(home, 'train', [project, '--epochs', '40', ...small])
      const child = startCli(home, ['train', project, '--epochs', '40', ...small])
      for await (const line of createInterface({ input: child.stderr })) if (line.startsWith('epoch')) break
      child.kill('SIGKILL')
      await once(child, 'close')
      const { runs } = await runJson(home, 'runs', [project])
      expect(runs.at(-1)).toMatchObject({ run: 'r2', status: 'interrupted', test: null })
      const resumed = await runJson(home, 'resume', [project, 'r2'])
      expect(resumed).toMatchObject({ run: 'r2', status: 'completed', modelSha256: whole.modelSha256 })
      expect(resumed.resumedFromEpoch).toBeGreaterThan(0)
      expect(resumed.epochs.map(({ epoch }) => epoch)).toEqual(whole.epochs.map(({ epoch }) => epoch))
    },
    limitMs,
  )

  it(
    'resume --epochs trains a finished run further',
    async () => {
      expectFailure(await runCli(home, ['resume', project, 'r1', '--json']), 1, /completed after 40 epochs/)
      expectFailure(
        await runCli(home, ['resume', project, 'r1', '--epochs', '40']),
        1,
        /above that; it was 40/,
      )
      expectFailure(await runCli(home, ['resume', project, 'r9']), 1, /r1/)
      const further = await runJson(home, 'resume', [project, 'r1', '--epochs', '42'])
      expect(further).toMatchObject({ run: 'r1', status: 'completed', resumedFromEpoch: 40 })
      expect(further.epochs).toHaveLength(42)
    },
    limitMs,
  )

  it(
    'sweep trains each combination, and says which is best',
    async () => {
      const grid = ['--grid', 'learningRate=1e-2,1e-5;head=,8:relu', '--epochs', '1', ...small]
      const sweep = await runJson(home, 'sweep', [project, ...grid])
      expect(sweep).toMatchObject({ status: 'completed', group: 'g1' })
      expect(sweep.runs.map(({ settings, status }) => [settings, status])).toEqual(
        [
          'learningRate=0.01, head=',
          'learningRate=0.01, head=8:relu',
          'learningRate=0.00001, head=',
          'learningRate=0.00001, head=8:relu',
        ].map((settings) => [settings, 'completed']),
      )
      expect(new Set(sweep.runs.map(({ modelSha256 }) => modelSha256)).size).toBe(4)
      const accuracies = sweep.runs.map(({ valAccuracy }) => valAccuracy ?? 0)
      expect(sweep.runs.find(({ run }) => run === sweep.best)?.valAccuracy).toBe(Math.max(...accuracies))
      const many = ['sweep', project, '--grid', 'seed=1,2,3;epochs=1,2', '--limit', '5']
      expectFailure(await runCli(home, many), 2, /--grid: .*6 runs; at most 5/)
    },
    limitMs,
  )

  it(
    'train --recipe takes settings by name, and other options win over them',
    async () => {
      const options = ['--recipe', 'fine-tune-last-block', '--epochs', '1', ...small]
      const trained = await runJson(home, 'train', [project, ...options])
      expect(trained).toMatchObject({
        status: 'completed',
        mode: 'fine-tune',
        backbone: 'efficientnet-lite0',
      })
      expect(trained.epochs).toHaveLength(1)
      expect(trained.trainableParameters).toBeGreaterThan(1280 * 2 + 2)
      expect(trained.trainableParameters).toBeLessThan(trained.totalParameters)
      expectFailure(await runCli(home, ['train', project, '--recipe', 'magic']), 2, /--recipe: .*auto/)
    },
    limitMs,
  )

  it(
    'compare tells what differs, and whether it is more than noise',
    async () => {
      const first = await runJson(home, 'train', [project, '--epochs', '1', ...small])
      const second = await runJson(home, 'train', [project, '--epochs', '1', '--lr', '1', ...small])
      const compared = await runJson(home, 'compare', [project, first.run, second.run])
      expect(compared.labelChanges).toEqual([])
      expect(compared.settings).toEqual([{ key: 'learningRate', a: 0.001, b: 1 }])
      expect(compared.metrics.testAccuracy).toEqual({ a: first.test!.accuracy, b: second.test!.accuracy })
      const right = (name: 'a' | 'b') => compared.flips.filter((flip) => flip[name] === flip.truth).length
      expect(compared.mcnemar).toMatchObject({ b: right('a'), c: right('b') })
      const { stdout } = await runCli(home, ['compare', project, first.run, second.run])
      expect(stdout).toMatch(/on the same 6 images of test/)
      expectFailure(await runCli(home, ['compare', project, 'r1', 'r99']), 1, /choose one of: .*r1/)
    },
    limitMs,
  )

  it(
    'report writes one file that tells a run, or a run against others',
    async () => {
      const out = join(home, 'made', 'report.html')
      const written = await runJson(home, 'report', [project, 'r1', '--out', out, '--language', 'zh-CN'])
      const html = readFileSync(out, 'utf8')
      expect(written).toEqual({ file: out, bytes: Buffer.byteLength(html) })
      const { runs } = await runJson(home, 'runs', [project])
      const [first, second] = runs
      expect(html).toContain('lang="zh-CN"')
      expect(html).toContain(`thaw train ${basename(project)} --name`)
      await runJson(home, 'report', [project, 'r1', '--against', second!.run, '--out', out, '--no-pictures'])
      const compared = readFileSync(out, 'utf8')
      for (const { run } of [first!, second!]) expect(compared).toContain(`(${run})`)
      expect(compared).not.toContain('<img')
      // Its command trains the same model again.
      const [, command = ''] =
        /<pre data-command>([^<]*)/.exec(compared.slice(compared.indexOf('"repeat"'))) ?? []
      const [, , , ...options] = command.replaceAll('\\\n', ' ').split(/\s+/)
      const again = await runJson(home, 'train', [project, ...options.slice(options.indexOf('--backbone'))])
      expect(compared).toContain(again.modelSha256)
      // So does its plan as a file.
      const plan = join(home, 'plan.json')
      const [, text = ''] = /<pre data-plan>([^<]*)/.exec(html) ?? []
      writeFileSync(plan, text.replaceAll('&quot;', '"'))
      const planned = await runJson(home, 'train', [project, '--plan', plan, '--epochs', '1'])
      expect(planned.epochs).toHaveLength(1)
      expectFailure(await runCli(home, ['report', project, 'r1', '--out', 'report.pdf']), 2, /\.html/)
      expectFailure(await runCli(home, ['report', project, 'r99', '--out', out]), 1, /choose one of: .*r1/)
    },
    limitMs,
  )

  it(
    'train --recipe auto says what it tried and why it stopped',
    async () => {
      const climbed = await runJson(home, 'train --recipe auto', [project, '--epochs', '1', ...small])
      expect(climbed.tried[0]).toMatchObject({ step: 'frozen-head', comparison: null, better: null })
      expect(climbed.tried.map(({ run }) => run)).toContain(climbed.run)
      expect(climbed.stoppedBecause.code).toMatch(/^ladder-/)
    },
    limitMs,
  )
})
