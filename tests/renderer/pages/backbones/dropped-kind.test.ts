import { describe, expect, test } from 'vitest'
import { droppedKind } from '../../../../src/renderer/src/pages/backbones/dropped-kind.ts'
import { givenFile } from '../../client/fake-host.ts'

/** What is asked about, and what goes with it. */
function weightsOf(...names: string[]): string | string[] {
  const found = droppedKind(names.map((name) => givenFile(name)))
  return found.kind === 'weights' ? found.weights.files.map(({ name }) => name) : found.kind
}

describe('what was dropped', () => {
  test('are images where all of it is', () => {
    expect(droppedKind([givenFile('cat', 1, 'image/png'), givenFile('dog.HEIC')]).kind).toBe('images')
    expect(weightsOf('cat.png', 'notes.txt')).toBe('unclear')
  })

  test('is one file of weights, whatever its name', () => {
    expect(weightsOf('vgg16.h5')).toEqual(['vgg16.h5'])
    expect(weightsOf('no-ending')).toEqual(['no-ending'])
  })

  test('is the one file of weights among others', () => {
    expect(weightsOf('net/LICENSE', 'net/model.safetensors', 'net/preview.png')).toEqual([
      'net/model.safetensors',
    ])
    expect(weightsOf('one.pth', 'two.pth')).toBe('unclear')
  })

  test('is the manifest of a TensorFlow.js model, with what is in its folder and below', () => {
    expect(weightsOf('group1-shard1of1', 'model.json', 'group2-shard1of1')).toEqual([
      'model.json',
      'group1-shard1of1',
      'group2-shard1of1',
    ])
    expect(weightsOf('a/metadata.json', 'a/model.json', 'a/shards/1.bin', 'b/2.bin')).toEqual([
      'a/model.json',
      'a/metadata.json',
      'a/shards/1.bin',
    ])
    expect(weightsOf('mobilenet.json', 'weights.bin')).toEqual(['mobilenet.json', 'weights.bin'])
  })

  test('is not clear where several could be meant', () => {
    expect(weightsOf('a/model.json', 'b/model.json')).toBe('unclear')
    expect(weightsOf('a.json', 'b.json')).toBe('unclear')
    expect(weightsOf('notes.txt', 'more.txt')).toBe('unclear')
    expect(droppedKind([]).kind).toBe('unclear')
  })
})
