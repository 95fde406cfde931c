import { describe, expect, it } from 'vitest'
import type { ManifestImage } from '../../../src/contract/jobs.ts'
import { chooseSamples, samplePredictions } from '../../../src/trainer/training/sample-predictions.ts'

const image = (sha256: string, classIndex: number): ManifestImage => ({
  path: `/${sha256}.jpg`,
  relativePath: `${sha256}.jpg`,
  sha256,
  classIndex,
  split: 'validation',
})
const dataset = (images: ManifestImage[]) => ({
  classes: ['ant', 'bee'],
  images,
  splits: { train: [], validation: images.map((_, position) => position), test: [] },
})

describe('the images that a training follows', () => {
  it('are of every class in turn, by hash, whatever their order', () => {
    const images = [image('d', 0), image('a', 0), image('c', 1), image('b', 0)]
    const hashes = (of: ManifestImage[]) => chooseSamples(dataset(of)).map((position) => of[position]!.sha256)
    expect(hashes(images)).toEqual(['a', 'c', 'b', 'd'])
    expect(hashes([...images].reverse())).toEqual(['a', 'c', 'b', 'd'])
  })

  it('are a dozen at most', () => {
    const many = Array.from({ length: 40 }, (_, index) => image(String(index).padStart(2, '0'), index % 2))
    expect(chooseSamples(dataset(many))).toHaveLength(12)
    expect(chooseSamples(dataset([]))).toEqual([])
  })

  it('are told with the likeliest class and the probability of the true one; unreadable ones are left out', () => {
    const images = [image('a', 0), image('b', 1), image('c', 1)]
    const predictions = { rows: [0, 2], probabilities: Float32Array.from([0.25, 0.75, 0.125, 0.875]) }
    expect(samplePredictions([0, 1, 2], dataset(images), predictions)).toEqual([
      { sha256: 'a', truth: 0, predicted: 1, probability: 0.75, truthProbability: 0.25 },
      { sha256: 'c', truth: 1, predicted: 1, probability: 0.875, truthProbability: 0.875 },
    ])
  })
})
