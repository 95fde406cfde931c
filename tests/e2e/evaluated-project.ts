import { createHash } from 'node:crypto'
import { pino } from 'pino'
import { trainPlanSchema } from '../../src/contract/train-plan.ts'
import { storePredictions } from '../../src/core/evaluation/stored-predictions.ts'
import { createOpenProjects } from '../../src/core/projects/open-projects.ts'
import { storeDatasetVersion } from '../../src/core/runs/dataset-version.ts'
import { changeRun, insertRun } from '../../src/core/runs/stored-runs.ts'
import { createRandom } from '../../src/models/random.ts'

/** Probabilities of one split, as a model gives them. */
export interface DrawnPredictions {
  classes: string[]
  truths: Int32Array
  /** `[images, classes]` */
  probabilities: Float32Array
}

/** Predictions of a model that is too sure, and mistakes some classes for the one after them. */
export function drawPredictions(images: number, classCount: number, seed: number): DrawnPredictions {
  const random = createRandom({ seed, purpose: 'test-predictions' })
  const classes = Array.from({ length: classCount }, (_, index) => `class ${String(index).padStart(3, '0')}`)
  const truths = Int32Array.from({ length: images }, () => random.integer(classCount))
  const probabilities = new Float32Array(images * classCount)
  truths.forEach((truth, row) => {
    const logits = Array.from({ length: classCount }, () => random.normal())
    logits[truth]! += 4 + 2 * random.normal()
    logits[(truth + 1) % classCount]! += 2
    const weights = logits.map((logit) => Math.exp(2 * logit))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    weights.forEach((weight, index) => (probabilities[row * classCount + index] = weight / sum))
  })
  return { classes, truths, probabilities }
}

/** Makes a project with an ended run of stored predictions; its images are rows without files. */
export async function makeEvaluatedProject(
  path: string,
  { validation, test }: Record<'validation' | 'test', DrawnPredictions>,
): Promise<{ run: string }> {
  const projects = createOpenProjects({ log: pino({ level: 'silent' }) })
  const project = projects.create(path)
  const hashOf = (split: string, row: number) => createHash('sha256').update(`${split}-${row}`).digest('hex')
  const insertImage = project.database.prepare(
    `INSERT INTO images (sha256, path, relative_path, sort_key, size_bytes, status, split, width, height)
     VALUES (@sha256, '/nowhere/' || @name, @name, @name, 1000, 'ready', @split, @side, @side)`,
  )
  const version = project.transaction(() => {
    for (const [split, { truths }] of Object.entries({ validation, test })) {
      truths.forEach((_, row) => {
        const name = `${row % 3 === 0 ? 'night' : 'day'}/${split}-${row}.jpg`
        insertImage.run({ sha256: hashOf(split, row), name, split, side: 100 + (row % 50) })
      })
    }
    return storeDatasetVersion(project, {
      classes: test.classes,
      images: Object.entries({ validation, test }).flatMap(([split, { truths }]) =>
        Array.from(truths, (classIndex, row) => ({
          path: '',
          relativePath: `${split}-${row}.jpg`,
          sha256: hashOf(split, row),
          classIndex,
          split: split as 'validation' | 'test',
        })),
      ),
    })
  })
  const number = insertRun(project, {
    name: 'Drawn predictions',
    plan: JSON.stringify(trainPlanSchema.parse({})),
    classes: JSON.stringify(test.classes),
    counts: JSON.stringify({ train: 100, validation: validation.truths.length, test: test.truths.length }),
    dataset_version: version,
    weights_sha256: null,
    created_at: Date.now(),
    recipe: null,
    group_number: null,
  })
  changeRun(project, number, { status: 'completed', started_at: Date.now(), ended_at: Date.now() })
  for (const [split, { truths, probabilities }] of [
    ['validation', validation],
    ['test', test],
  ] as const) {
    const hashes = Array.from(truths, (_, row) => hashOf(split, row))
    storePredictions(project, number, split, { hashes, truths, probabilities })
  }
  await projects.closeAll()
  return { run: `r${number}` }
}
