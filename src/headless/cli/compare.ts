import type { Run } from '../../contract/entities.ts'
import type { RequestOutput } from '../../contract/requests/index.ts'
import type { CliCommand } from './command.ts'
import { count, formatPercent } from './format.ts'
import { jsonOption } from './options.ts'
import { withProject } from './session.ts'
import { formatTable } from './table.ts'

/** Of label changes, none is left out. */
const everyImage = Number.MAX_SAFE_INTEGER
const listedFlips = 20

export const compareCommand: CliCommand = {
  define(parent, run) {
    parent
      .command('compare')
      .description('compare two runs: settings, metrics, labels, and their answers on the same images')
      .argument('<project>', 'the project')
      .argument('<runA>', 'the baseline, as `thaw runs` lists it')
      .argument('<runB>', 'the other run')
      .addOption(jsonOption())
      .action(
        run(async (terminal, folder: string, first: string, second: string) => {
          const document = await withProject(folder, async ({ request }) => {
            const { run: a } = await request('runs.get', { runId: first })
            const { run: b } = await request('runs.get', { runId: second })
            const [from, to] = [a.id, b.id]
            return comparisonDocument(a, b, {
              comparison: await request('comparisons.get', { runIds: [from, to], baseline: from }),
              data: await request('comparisons.data', { from, to, most: everyImage }),
              answers: await request('comparisons.flips', { from, to }),
            })
          })
          terminal.answer(document, () => describe(document))
        }),
      )
  },
}

interface Answers {
  comparison: RequestOutput<'comparisons.get'>
  data: RequestOutput<'comparisons.data'>
  answers: RequestOutput<'comparisons.flips'>
}

/** The JSON document of `thaw compare`: `a` is the first run, `b` the second. */
function comparisonDocument(a: Run, b: Run, { comparison, data, answers }: Answers) {
  const of = (read: (run: Run) => number | null) => ({ a: read(a), b: read(b) })
  const pair = comparison.pairs[1] ?? null
  const imageOf = (image: { path: string | null; sha256: string }): string => image.path ?? image.sha256
  const changes = (kind: (typeof data.changes)[number]['kind']) =>
    data.changes.filter((change) => change.kind === kind)
  return {
    a: a.id,
    b: b.id,
    settings: comparison.settings
      .filter(({ differs }) => differs)
      .map(({ key, values }) => ({ key, a: values[0], b: values[1] })),
    metrics: {
      valAccuracy: of((run) => run.valAccuracy),
      valLoss: of((run) => run.valLoss),
      testAccuracy: of((run) => run.test?.accuracy ?? null),
      testLoss: of((run) => run.test?.loss ?? null),
      epochs: of((run) => run.epochsDone),
      trainableParameters: of((run) => run.trainableParameters),
      totalParameters: of((run) => run.totalParameters),
      trainingSeconds: of((run) => run.seconds?.training ?? null),
      totalSeconds: of((run) => run.seconds?.total ?? null),
      /** On the images that both predicted. */
      shared: pair && {
        split: pair.split,
        images: pair.images,
        accuracy: { a: pair.accuracies[0], b: pair.accuracies[1] },
        difference: pair.difference,
        interval95: pair.interval95,
      },
    },
    labelChanges: changes('label').map((change) => ({
      image: imageOf(change),
      a: change.from?.class,
      b: change.to?.class,
    })),
    splitChanges: changes('split').map((change) => ({
      image: imageOf(change),
      a: change.from?.split,
      b: change.to?.split,
    })),
    addedImages: changes('added').map(imageOf),
    removedImages: changes('removed').map(imageOf),
    flips: answers.flips.map((flip) => ({
      image: imageOf(flip),
      truth: flip.truth,
      a: flip.a.class,
      b: flip.b.class,
    })),
    mcnemar: pair && { b: pair.b, c: pair.c, p: pair.p, significant: pair.significant },
  }
}

function describe(document: ReturnType<typeof comparisonDocument>): string {
  const { a, b, settings, metrics, labelChanges, splitChanges, addedImages, removedImages, flips } = document
  const text = (value: unknown): string =>
    value === null ? '-' : typeof value === 'string' ? value || "''" : JSON.stringify(value)
  const share = (value: number | null): string => (value === null ? '-' : formatPercent(value))
  const right = (title: string) => ({ title, align: 'right' as const })
  const images = (number: number): string => count(number, 'image')
  return [
    settings.length === 0
      ? 'The same settings.'
      : formatTable(
          [{ title: 'Setting' }, { title: a }, { title: b }],
          settings.map((row) => [row.key, text(row.a), text(row.b)]),
        ),
    '',
    formatTable(
      [{ title: 'Metric' }, right(a), right(b)],
      (['valAccuracy', 'testAccuracy'] as const).map((key) => [
        key,
        share(metrics[key].a),
        share(metrics[key].b),
      ]),
    ),
    '',
    `Data: ${images(labelChanges.length)} with another label, ${images(splitChanges.length)} in another split, ` +
      `${addedImages.length} added, ${removedImages.length} removed`,
    `Answers: ${images(flips.length)} predicted differently`,
    ...flips
      .slice(0, listedFlips)
      .map((flip) => `  ${flip.image}: ${flip.truth}; ${a} ${flip.a}, ${b} ${flip.b}`),
    ...(flips.length > listedFlips ? [`  and ${flips.length - listedFlips} more`] : []),
    '',
    verdict(document),
  ].join('\n')
}

/** Whether the difference is more than noise, in words. */
function verdict({ a, b, metrics, mcnemar }: ReturnType<typeof comparisonDocument>): string {
  const { shared } = metrics
  if (shared === null || mcnemar === null)
    return `${a} and ${b} have predicted no image in common: nothing can be said of which is better.`
  const points = (value: number): string => `${value >= 0 ? '+' : ''}${(value * 100).toFixed(1)}`
  const [low, high] = shared.interval95
  const word = mcnemar.significant
    ? `${b} is ${shared.difference > 0 ? 'better' : 'worse'} than ${a}`
    : `${b} is not better or worse than ${a} beyond noise`
  return (
    `${word}: ${points(shared.difference)} points (95% interval ${points(low)} to ${points(high)}) on the same ` +
    `${count(shared.images, 'image')} of ${shared.split}; ${mcnemar.b} only ${a} has right, ${mcnemar.c} only ${b} ` +
    `(McNemar's exact test, p = ${mcnemar.p.toPrecision(2)}).`
  )
}
