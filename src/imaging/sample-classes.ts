/** Kinds of surface, each a noun's adjective. */
export const sampleTextures = [
  'striped',
  'dotted',
  'checked',
  'woven',
  'ringed',
  'marbled',
  'scaly',
  'zigzag',
  'cracked',
  'speckled',
  'wavy',
  'gridded',
  'grained',
  'diamond',
] as const
export type SampleTexture = (typeof sampleTextures)[number]

/** Outlines. */
export const sampleShapes = [
  'pebble',
  'leaf',
  'flower',
  'star',
  'gear',
  'shell',
  'heart',
  'tile',
  'drop',
  'clover',
  'nut',
  'ring',
  'bean',
  'triangle',
  'cross',
  'moon',
] as const
export type SampleShape = (typeof sampleShapes)[number]

/** How the pieces are arranged or finished. */
export const sampleFinishes = ['plain', 'rimmed', 'holed', 'twin', 'triple'] as const
export type SampleFinish = (typeof sampleFinishes)[number]

export interface SampleClass {
  /** Such as 'striped pebble' or 'twin dotted leaf'. */
  name: string
  texture: SampleTexture
  shape: SampleShape
  finish: SampleFinish
}

const perFinish = sampleTextures.length * sampleShapes.length

/** How many classes the sample can have: every texture on every shape in every finish. */
export const maxSampleClasses = perFinish * sampleFinishes.length

/**
 * Class `index` of the sample. The first fourteen differ in both texture and shape; then textures come back on other
 * shapes, so that classes differ in either; from the 225th on, in finish as well.
 */
export function sampleClass(index: number): SampleClass {
  const within = index % perFinish
  const column = within % sampleTextures.length
  const round = Math.floor(within / sampleTextures.length)
  const texture = sampleTextures[column] as SampleTexture
  const shape = sampleShapes[(column + round) % sampleShapes.length] as SampleShape
  const finish = sampleFinishes[Math.floor(index / perFinish) % sampleFinishes.length] as SampleFinish
  return { name: `${finish === 'plain' ? '' : `${finish} `}${texture} ${shape}`, texture, shape, finish }
}
