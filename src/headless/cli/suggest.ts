import {
  suggestionStrategies,
  type SuggestionsStatus,
  type SuggestionStrategy,
} from '../../contract/suggestions.ts'
import type { Core } from '../../core/create-core.ts'
import type { CliCommand } from './command.ts'
import { choiceOption, jsonOption, wholeNumber } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'
import type { Terminal } from './terminal.ts'

interface SuggestOptions {
  count: number
  strategy: SuggestionStrategy
  seed: number
}

const most = 10_000
const rowsPerRequest = 1000
const labels = {
  starting: 'Starting',
  features: 'Computing features',
  training: 'Learning from the labels',
  predicting: 'Predicting by the run',
} as const

export const suggestCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('suggest')
      .description(
        'list what to label next, with the proposed class, by a head that learns from the labels there are',
      )
      .argument('<project>', 'the project')
      .requiredOption('--count <number>', 'how many images', wholeNumber(1, most))
      .addOption(
        choiceOption(
          '--strategy <strategy>',
          'how they are chosen; mixed: uncertain ones that are unlike each other',
          suggestionStrategies,
        ).default('mixed'),
      )
      .option('--seed <number>', 'the same seed draws the same way', wholeNumber(0, 0xffffffff), 0)
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, { count, strategy, seed }: SuggestOptions) => {
          const answer = await withProject(folder, async ({ core, request }) => {
            showProgress(terminal, core)
            const suggested = await request('suggestions.next', { count, strategy, seed, fresh: true })
            terminal.progress(null)
            const { classes } = await request('classes.list', {})
            const names = new Map(classes.map(({ id, name }) => [id, name]))
            const paths = new Map<number, string>()
            for (let start = 0; start < suggested.images.length; start += rowsPerRequest) {
              const ids = suggested.images.slice(start, start + rowsPerRequest).map(({ id }) => id)
              for (const image of (await request('images.get', { ids })).images)
                paths.set(image.id, image.path)
            }
            const images = suggested.images.map(({ id, classId, probability }) => ({
              path: paths.get(id) ?? '',
              class: classId === null ? null : (names.get(classId) ?? null),
              probability,
            }))
            return { source: suggested.source, images }
          })
          terminal.answer(answer, () =>
            formatTable(
              [{ title: 'Class' }, { title: 'Probability', align: 'right' }, { title: 'Path' }],
              answer.images.map((image) => [
                image.class ?? '-',
                image.probability === null ? '-' : image.probability.toFixed(3),
                image.path,
              ]),
            ),
          )
        }),
      )
  },
}

function showProgress(terminal: Terminal, core: Core): void {
  core.subscribe((name, payload) => {
    if (name !== 'suggestions.changed') return
    const { progress } = (payload as { status: SuggestionsStatus }).status
    if (!progress) return terminal.progress(null)
    const { phase, ...counts } = progress
    terminal.progress({ label: labels[phase], ...counts, unit: phase === 'training' ? 'heads' : 'images' })
  })
}
