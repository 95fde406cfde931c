/**
 * Labels of flowers17's training images are changed at random: how many of them are among the first suspects, what repairing those brings, and whether
 * cleanlab finds the same errors in the same probabilities.
 *
 *     node bench/label-errors.ts [--seeds 5]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Core } from '../src/core/create-core.ts'
import { createHeadlessCore } from '../src/headless/host.ts'
import { createRandom } from '../src/models/random.ts'
import { benchOptions } from './options.ts'
import { startPeerProcess, type PeerProcess } from './peer-process.ts'
import { peerPython } from './peers.ts'
import { report, sharedData, thaw, withTemporaryFolder } from './thaw.ts'

const { seeds } = benchOptions({ seeds: 5 })
const fewErrors = 0.05
const manyErrors = 0.2
const leastRecall = 0.7
const mostLost = 0.005
const mostDifference = 0.02
if (!existsSync(sharedData)) {
  console.log(`skipped: there are no pictures at ${sharedData}`)
  process.exit(0)
}

interface Bench {
  readonly core: Core
  readonly projectId: string
  readonly folder: string
  readonly truths: ReadonlyMap<number, number>
  readonly peer: PeerProcess | null
}

async function setLabels({ core, projectId }: Bench, labels: ReadonlyMap<number, number>): Promise<void> {
  for (const classId of new Set(labels.values())) {
    const imageIds = [...labels].flatMap(([id, label]) => (label === classId ? [id] : []))
    await core.request('labels.set', { projectId, imageIds, classId })
  }
}

/** Other classes for some training images, by chance. */
async function wrongLabels(
  { core, projectId, truths }: Bench,
  share: number,
  seed: number,
): Promise<Map<number, number>> {
  const { ids } = await core.request('images.ids', { projectId, filter: { splits: ['train'] } })
  const classIds = [...new Set(truths.values())].sort((a, b) => a - b)
  const random = createRandom({ seed, purpose: `labels ${share}` })
  const chosen = Array.from(random.permutation(ids.length), (place) => ids[place] as number)
  return new Map(
    chosen.slice(0, Math.round(ids.length * share)).map((id) => {
      const place = classIds.indexOf(truths.get(id) as number)
      const by = 1 + Math.floor(random.uniform() * (classIds.length - 1))
      return [id, classIds[(place + by) % classIds.length] as number]
    }),
  )
}

async function testAccuracy({ core, projectId }: Bench, seed: number): Promise<number> {
  const { run } = await core.request('runs.start', { projectId, plan: { seed } })
  const { test, status } = await core.request('runs.wait', { projectId, runId: run.id })
  if (!test) throw new Error(`${run.id} is ${status}.`)
  return test.accuracy
}

/** Shares of cleanlab's errors: those that only one of both has. */
interface Difference {
  /** Ours from cleanlab's, both with equal counts in their order. */
  stable: number
  /** Ours from cleanlab's as it is installed, where the order of equal counts is that of numpy's sort on this processor. */
  asInstalled: number
  /** cleanlab's as it is installed from its own with equal counts in their order: what their order alone changes. */
  itself: number
}

function differenceOf(theirs: ReadonlySet<number>, others: ReadonlySet<number>): number {
  const onlyIn = (one: ReadonlySet<number>, other: ReadonlySet<number>): number =>
    [...one].filter((id) => !other.has(id)).length
  return (onlyIn(theirs, others) + onlyIn(others, theirs)) / Math.max(1, theirs.size)
}

async function differenceFromPeer(
  { folder, peer }: Bench,
  likely: ReadonlySet<number>,
): Promise<Difference | null> {
  if (!peer) return null
  const files = join(folder, 'cache', 'label-errors')
  const read = (ending: string): Buffer => {
    const name = readdirSync(files).find((each) => each.endsWith(ending)) as string
    return readFileSync(join(files, name))
  }
  const examined = JSON.parse(read('examined.json').toString()) as {
    imageIds: number[]
    labels: number[]
    classIds: number[]
  }
  const values = new Float32Array(new Uint8Array(read('probabilities.f32')).buffer)
  const width = examined.classIds.length
  const { issues, stable } = await peer.ask({
    labels: examined.labels.map((label) => examined.classIds.indexOf(label)),
    probabilities: examined.imageIds.map((_, row) => [...values.subarray(row * width, (row + 1) * width)]),
  })
  const idsOf = (rows: unknown): Set<number> =>
    new Set((rows as number[]).map((row) => examined.imageIds[row] as number))
  const [installed, inOrder] = [idsOf(issues), idsOf(stable)]
  return {
    stable: differenceOf(inOrder, likely),
    asInstalled: differenceOf(installed, likely),
    itself: differenceOf(installed, inOrder),
  }
}

async function suspectsOf(bench: Bench, seed: number) {
  const { core, projectId } = bench
  await core.request('labelErrors.find', { projectId, seed })
  const { suspects } = await core.request('labelErrors.list', { projectId })
  const likely = new Set(suspects.flatMap(({ imageId, isLikely }) => (isLikely ? [imageId] : [])))
  return {
    suspects: suspects.map(({ imageId }) => imageId),
    difference: await differenceFromPeer(bench, likely),
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

const python = await peerPython()
await withTemporaryFolder(async (folder) => {
  process.env.THAW_HOME = join(folder, 'home')
  const project = join(folder, 'flowers17.thaw')
  await thaw('init', project)
  await thaw('import', project, join(sharedData, 'flowers17'))
  const { core } = createHeadlessCore({ host: 'browser' })
  const peer = python ? startPeerProcess(python, 'label-errors.py', []) : null
  const recalls: number[] = []
  const accuracies: Record<'clean' | 'wrong' | 'repaired', number[]> = { clean: [], wrong: [], repaired: [] }
  const differences: Difference[] = []
  try {
    const { id: projectId } = await core.request('projects.open', { path: project })
    const { ids } = await core.request('images.ids', { projectId })
    const truths = new Map<number, number>()
    for (let first = 0; first < ids.length; first += 1000) {
      const page = await core.request('images.get', { projectId, ids: ids.slice(first, first + 1000) })
      for (const { id, classId } of page.images) truths.set(id, classId as number)
    }
    const bench: Bench = { core, projectId, folder: project, truths, peer }
    for (let seed = 0; seed < seeds; seed += 1) {
      await core.request('splits.make', { projectId, validation: 0.15, test: 0.15, seed })
      const clean = await testAccuracy(bench, seed)
      for (const share of [fewErrors, manyErrors]) {
        const wrong = await wrongLabels(bench, share, seed)
        const count = wrong.size
        await setLabels(bench, wrong)
        const { suspects, difference } = await suspectsOf(bench, seed)
        const among = (most: number): number =>
          suspects.slice(0, most).filter((id) => wrong.has(id)).length / count
        if (difference !== null) differences.push(difference)
        let told = `seed ${seed}, ${count} wrong labels: ${(100 * among(count)).toFixed(1)}% of them among the first ${count} suspects, ${(100 * among(2 * count)).toFixed(1)}% among twice as many`
        if (share === fewErrors) recalls.push(among(2 * count))
        else {
          accuracies.clean.push(clean)
          accuracies.wrong.push(await testAccuracy(bench, seed))
          const looked = suspects.slice(0, count)
          await setLabels(bench, new Map(looked.map((id) => [id, truths.get(id) as number])))
          accuracies.repaired.push(await testAccuracy(bench, seed))
          const shown = (['clean', 'wrong', 'repaired'] as const).map(
            (each) => `${each} ${accuracies[each].at(-1)?.toFixed(4)}`,
          )
          told += `; test accuracy: ${shown.join(', ')}`
        }
        console.log(
          `${told}${difference === null ? '' : `; of cleanlab's errors ${percent(difference.stable)} differ, as installed ${percent(difference.asInstalled)}, its own by the order of equal counts ${percent(difference.itself)}`}`,
        )
        await setLabels(bench, new Map([...wrong.keys()].map((id) => [id, truths.get(id) as number])))
      }
    }
  } finally {
    peer?.end()
    await core.close()
  }
  const recall = mean(recalls)
  report(
    '5% wrong: share among the first 2 n suspects',
    `${recall.toFixed(3)} (least ${Math.min(...recalls).toFixed(3)})`,
    `>= ${leastRecall}`,
    Math.min(...recalls) >= leastRecall,
  )
  const [clean, wrong, repaired] = [accuracies.clean, accuracies.wrong, accuracies.repaired].map(mean) as [
    number,
    number,
    number,
  ]
  report(
    '20% wrong, the first n suspects repaired: accuracy',
    `${repaired.toFixed(4)} (clean ${clean.toFixed(4)}, wrong ${wrong.toFixed(4)})`,
    `>= clean - ${mostLost}`,
    repaired >= clean - mostLost,
  )
  if (differences.length > 0) {
    const most = (of: keyof Difference): number => Math.max(...differences.map((each) => each[of]))
    report(
      "label errors that differ from cleanlab's, at most",
      percent(most('stable')),
      `<= ${100 * mostDifference}%`,
      most('stable') <= mostDifference,
    )
    console.log(
      `      as cleanlab is installed ${percent(most('asInstalled'))}; cleanlab's own by the order of equal counts ${percent(most('itself'))}`,
    )
  }
})
