import { transformAffine } from './affine.ts'
import { scaleBrightness } from './brightness.ts'
import { scaleContrast } from './contrast.ts'
import { autoContrast, equalize, posterize, scaleSharpness, solarize } from './levels.ts'
import type { Augmentation, Picture } from './picture.ts'
import { turn } from './rotate.ts'
import { scaleSaturation } from './saturation.ts'

const largestMagnitude = 30

/**
 * An operation of RandAugment.
 *
 * @param amount share of its largest strength, 0 to 1; of those that go both ways -1 to 1
 */
interface Operation {
  readonly bothWays: boolean
  readonly apply: (picture: Picture, amount: number) => Uint8Array
}

const oneWay = (apply: Operation['apply']): Operation => ({ bothWays: false, apply })
const bothWays = (apply: Operation['apply']): Operation => ({ bothWays: true, apply })

/**
 * The operations of the paper, with torchvision's strengths.
 *
 * @see https://arxiv.org/abs/1909.13719, https://docs.pytorch.org/vision/main/generated/torchvision.transforms.v2.RandAugment.html
 */
export const randAugmentOperations: { readonly [name: string]: Operation } = {
  identity: oneWay(({ pixels }) => pixels),
  shearX: bothWays((picture, amount) => transformAffine(picture, [1, 0.3 * amount, 0, 0, 1, 0])),
  shearY: bothWays((picture, amount) => transformAffine(picture, [1, 0, 0, 0.3 * amount, 1, 0])),
  translateX: bothWays((picture, amount) =>
    transformAffine(picture, [1, 0, Math.round((150 / 331) * picture.width * amount), 0, 1, 0]),
  ),
  translateY: bothWays((picture, amount) =>
    transformAffine(picture, [1, 0, 0, 0, 1, Math.round((150 / 331) * picture.height * amount)]),
  ),
  rotate: bothWays((picture, amount) => turn(picture, 30 * amount)),
  brightness: bothWays((picture, amount) => scaleBrightness(picture, 1 + 0.9 * amount)),
  saturation: bothWays((picture, amount) => scaleSaturation(picture, 1 + 0.9 * amount)),
  contrast: bothWays((picture, amount) => scaleContrast(picture, 1 + 0.9 * amount)),
  sharpness: bothWays((picture, amount) => scaleSharpness(picture, 1 + 0.9 * amount)),
  posterize: oneWay((picture, amount) => posterize(picture, 8 - Math.round(4 * amount))),
  solarize: oneWay((picture, amount) => solarize(picture, 255 * (1 - amount))),
  autoContrast: oneWay(autoContrast),
  equalize: oneWay(equalize),
}
const operationList = Object.values(randAugmentOperations)

/** Draws so many operations, with repetition, and applies them one after another at one magnitude. */
export const randAugment: Augmentation<'randaugment'> = (picture, { operations, magnitude }, random) => {
  let { pixels } = picture
  for (let count = 0; count < operations; count += 1) {
    const operation = operationList[random.integer(operationList.length)] as Operation
    const isNegative = random.integer(2) === 1
    const amount = magnitude / largestMagnitude
    pixels = operation.apply({ ...picture, pixels }, operation.bothWays && isNegative ? -amount : amount)
  }
  return pixels
}
