import type { Graph } from './graph.ts'

/** How decoded pixels (0 to 255) become a network's input: `(pixel - mean) / standardDeviation` for each channel. */
export interface Preprocessing {
  readonly channels: 'rgb' | 'bgr'
  /** In units of pixels, 0 to 255, in the order of `channels`. */
  readonly mean: readonly [number, number, number]
  readonly standardDeviation: readonly [number, number, number]
  /** cover: scaled so that it fills the square, the overhang cut off evenly; stretch: both sides scaled to the square. */
  readonly resize: 'cover' | 'stretch'
}

/** Where pretrained weights come from. */
export interface WeightSource {
  /** embedded: a canonical file that ships with the app, under resources/pretrained/. */
  readonly kind: 'embedded'
  readonly folder: string
  readonly file: string
  /** Of the file, in hexadecimal. */
  readonly sha256: string
  /** For people: who published them. */
  readonly origin: string
}

/** What is known of a pretrained network apart from its layers. */
export interface BackboneMeta {
  readonly id: string
  readonly family: string
  /** Height and width in pixels that the weights were trained for. */
  readonly inputSize: number
  readonly preprocessing: Preprocessing
  /** The layer whose value a head takes: `[features]`, or a feature map. */
  readonly featureLayer: string
  /** SPDX identifier of the weights' licence. */
  readonly licence: string
  readonly paper: string
  readonly weights: readonly WeightSource[]
}

/** A pretrained network as data, and the pure function that makes its graph. */
export interface Backbone {
  readonly meta: BackboneMeta
  /** The graph up to `featureLayer`, without a classifier, for an input of `inputSize`. */
  readonly build: () => Graph
}
