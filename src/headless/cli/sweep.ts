import { InvalidArgumentError } from 'commander'
import type { RequestInput } from '../../contract/requests/index.ts'
import type { CliCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { followGroup } from './follow-run.ts'
import { formatPercent } from './format.ts'
import { jsonOption, nonEmptyText, wholeNumber } from './options.ts'
import { addPlanOptions, asUsageError, settingsOf, type PlanOptions } from './plan-options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

type Values = RequestInput<'runs.sweep'>['values']

interface SweepOptions extends PlanOptions {
  grid: Values
  random?: number
  limit?: number
  name?: string
  json?: boolean
}

export const sweepCommand: CliCommand = {
  define(parent, run) {
    addPlanOptions(parent.command('sweep'))
      .description('train a run for each combination of settings, and compare them on validation')
      .argument('<project>', 'the project')
      .requiredOption(
        '--grid <settings>',
        "what varies, as 'learningRate=1e-3,1e-2;head=,512:relu'; with | in place of commas where values hold some; with --random also ranges, as 'learningRate=1e-4..1e-1'",
        readGrid,
      )
      .option(
        '--random <number>',
        'train so many of them, drawn by --seed; default: all',
        wholeNumber(1, 1000),
      )
      .option('--limit <number>', 'refuse to start more runs than this; default: 50', wholeNumber(1, 1000))
      .option('--name <name>', "the group's name", nonEmptyText)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, options: SweepOptions) => {
          const { grid: values, random, limit, name, json: _json, ...planOptions } = options
          const plan = settingsOf(planOptions)
          const draw = random === undefined ? undefined : { runs: random, seed: plan.seed ?? 0 }
          await withProject(folder, async (session) => {
            const { request } = session
            const group = await followGroup(terminal, session, () =>
              request('runs.sweep', { plan, values, random: draw, limit, name }).catch((error: unknown) => {
                throw asUsageError(error)
              }),
            )
            const { runs } = await request('runs.list', {})
            const rows = group.tried.map(({ run: id, step, valAccuracy }) => {
              const { status, test, modelSha256 } = runs.find((each) => each.id === id) ?? {}
              return { run: id, settings: step, status, valAccuracy, test, modelSha256 }
            })
            terminal.answer({ group: group.id, status: group.status, best: group.best, runs: rows }, () =>
              formatTable(
                [
                  { title: 'Run' },
                  { title: 'Settings' },
                  { title: 'Status' },
                  { title: 'Validation', align: 'right' },
                  { title: '' },
                ],
                rows.map((row) => [
                  row.run,
                  row.settings,
                  row.status ?? '-',
                  row.valAccuracy === null ? '-' : formatPercent(row.valAccuracy),
                  row.run === group.best ? 'best' : '',
                ]),
              ),
            )
          })
        }),
      )
  },
}

/** Reads `name=value,value;name=from..to`. */
function readGrid(text: string): Values {
  const values: Values = {}
  for (const part of text.split(';')) {
    const [, name, list] = /^\s*([A-Za-z]+)\s*=(.*)$/s.exec(part) ?? []
    if (name === undefined || list === undefined || Object.hasOwn(values, name)) {
      throw new InvalidArgumentError(
        `'${part.trim()}' should be a setting that is not there yet with its values, as learningRate=1e-3,1e-2`,
      )
    }
    values[name] = readRange(list) ?? readList(list)
  }
  return values
}

function readRange(text: string) {
  const [, from, to] = /^\s*([^.,|]+(?:\.\d+)?(?:e[+-]?\d+)?)\.\.(.+)$/i.exec(text) ?? []
  if (from === undefined || to === undefined) return undefined
  const ends = { from: Number(from), to: Number(to) }
  if (!Number.isFinite(ends.from) || !Number.isFinite(ends.to)) {
    throw new UsageError(`--grid: '${text.trim()}' should be a range of two numbers, as 1e-4..1e-1.`)
  }
  // Rates and decays span powers of ten.
  const scale = ends.from > 0 && ends.to / ends.from >= 10 ? ('logarithmic' as const) : ('linear' as const)
  return { ...ends, scale }
}

function readList(text: string): string[] {
  const trimmed = text.trim()
  if (trimmed.includes('|')) return trimmed.split('|').map((value) => value.trim())
  // One value in JSON, such as a freeze plan.
  if (/^[{[]/.test(trimmed)) return [trimmed]
  return trimmed.split(',').map((value) => value.trim())
}
