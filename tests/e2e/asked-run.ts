import { join } from 'node:path'
import { expect } from '@playwright/test'
import Database from 'better-sqlite3'
import type { Judged } from './scored-predictions.ts'
import { thaw } from './served.ts'

/** An image as `thaw images` lists it. */
export interface Listed {
  path: string
  sha256: string
  class: string
  split: string
}

/** What a run says of the test images: asked anew of the model by command line, which what the run stored must agree with. */
export async function askRun(folder: string, project: string, run: string, labelled: readonly Listed[]) {
  const images = labelled.filter(({ split }) => split === 'test')
  const { predictions } = await thaw<{
    predictions: { path: string; top: { class: string; probability: number }[] }[]
  }>(folder, 'predict', project, run, ...images.map(({ path }) => path))
  const byPath = new Map(predictions.map((each) => [each.path, each.top]))
  const classes = [...new Set(labelled.map((image) => image.class))].sort()
  const database = new Database(join(project, 'project.sqlite'), { readonly: true })
  const row = database
    .prepare<[string], { hashes: Buffer; probabilities: Buffer }>(
      "SELECT hashes, probabilities FROM predictions WHERE 'r' || run_number = ? AND split = 'test'",
    )
    .get(run)!
  database.close()
  expect(row.hashes.length).toBe(32 * images.length)
  const stored = new Map(
    images.map((_, place) => [
      row.hashes.toString('hex', 32 * place, 32 * place + 32),
      classes.map((_name, index) => row.probabilities.readFloatLE(4 * (place * classes.length + index))),
    ]),
  )
  const judged = images.map(({ path, sha256, class: truth }): Judged => {
    const top = byPath.get(path)!
    const probabilities = stored.get(sha256)!
    for (const { class: name, probability } of top)
      expect(probabilities[classes.indexOf(name)], `${path}: ${name}`).toBeCloseTo(probability, 3)
    return { sha256, path, truth, probabilities, predicted: top[0]!.class }
  })
  return { classes, judged, tops: byPath }
}
