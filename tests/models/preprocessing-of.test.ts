import { expect, it } from 'vitest'
import { findBackbone } from '../../src/models/catalog.ts'
import { preprocessingOf } from '../../src/models/preprocessing-of.ts'

it('images are prepared as the publisher of the weights does: VGG16 of Keras takes blue first, of torchvision red', () => {
  const vgg16 = findBackbone('vgg16')
  expect(preprocessingOf(vgg16)).toBe(vgg16.meta.preprocessing)
  expect(preprocessingOf(vgg16, 'keras')).toMatchObject({ channels: 'bgr', standardDeviation: [1, 1, 1] })
  expect(preprocessingOf(vgg16, 'torch')).toMatchObject({ channels: 'rgb', mean: [123.675, 116.28, 103.53] })
})
