import type { OwnBackbone } from '../contract/own-backbone.ts'
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

/**
 * Who names layers and lays out tensors: `keras` (Keras's applications), `torch` (torchvision, and packages that name like it), `timm`.
 */
export type Convention = 'keras' | 'torch' | 'timm'

/** Where pretrained weights come from. */
export type WeightSource = EmbeddedWeights | DownloadableWeights | FileWeights

/** A canonical file that ships with the app, under resources/pretrained/. */
export interface EmbeddedWeights {
  readonly kind: 'embedded'
  readonly folder: string
  readonly file: string
  /** Of the file, in hexadecimal. */
  readonly sha256: string
  /** For people: who published them. */
  readonly origin: string
}

/** A publisher's file, fetched only when a person asks for it, and converted by the backbone's table of that convention. */
export interface DownloadableWeights {
  readonly kind: 'download'
  readonly url: string
  readonly convention: Convention
  /** As the publisher gives it: the first hexadecimal digits of the SHA-256, or the whole MD5. */
  readonly hash: { readonly sha256Prefix: string } | { readonly md5: string }
  /** Where the publisher tells it. */
  readonly bytes?: number
  /** For people: who published them, and what they were trained on. */
  readonly origin: string
}

/** A publisher's file whose hash is not published: it is not fetched, and a person who has it adds it. */
export interface FileWeights {
  readonly kind: 'file'
  /** Where the publisher has it, for people; undefined: in a package, which `origin` names. */
  readonly url?: string
  readonly convention: Convention
  /** For people: who published it, and what it was trained on. */
  readonly origin: string
}

/** What is known of a pretrained network apart from its layers. */
export interface BackboneMeta {
  readonly id: string
  readonly family: string
  /** Height and width in pixels that the weights were trained for. */
  readonly inputSize: number
  /** The smallest height and width in pixels that every layer has a value for; where it is not given, 32. */
  readonly minimumInputSize?: number
  /** The default publisher's. */
  readonly preprocessing: Preprocessing
  /** The layer whose value a head takes: `[features]`, or a feature map. */
  readonly featureLayer: string
  /** SPDX identifier of the weights' licence. */
  readonly licence: string
  readonly paper: string
  readonly weights: readonly WeightSource[]
}

/** Where a publisher keeps a parameter that does not follow from its layer's name and role, or what it is where they keep none. */
export type ForeignParameter =
  | {
      /** The publisher's layer, as `foreignNames` gives layers. */
      readonly layer: string
      /** The tensor within the layer: `depthwise_kernel`, `layer_scale`. */
      readonly weight: string
    }
  | {
      /** The publisher's layer has no such tensor: every value is this (gamma of Keras's `scale=False`: 1). */
      readonly constant: number
    }

/**
 * A layer's name in a publisher's files, or null where the node is not a layer with tensors there. Where Keras names layers by their
 * order, the count begins at 0 in each model, and 0 is not written: `conv2d`, `conv2d_1`. Files may count from another number.
 */
export type ForeignName = (node: string) => string | null

/** A pretrained network as data, and the pure functions that make its graph. */
export interface Backbone {
  readonly meta: BackboneMeta
  /**
   * The graph up to `featureLayer`, without a classifier. Padding may depend on the size, so a graph is for one size only.
   *
   * @param inputSize height and width in pixels; `meta.inputSize` where it is not given
   * @throws AppError 'plan-invalid' where it is too small
   */
  readonly build: (inputSize?: number) => Graph
  /**
   * The whole published network up to its logits `[1000]` (no softmax): for ImageNet's top five, and for the classifier's tensors.
   * Its nodes up to `featureLayer` are those of `build`.
   *
   * @throws AppError 'plan-invalid' where the classifier does not fit that size
   */
  readonly buildClassifier?: (inputSize?: number) => Graph
  /** Under each convention that weights come in, the publisher's layer of a node that has parameters. */
  readonly foreignNames?: Partial<Record<Convention, ForeignName>>
  /** By a parameter's name `<node>/<role>`; undefined: it follows from `foreignNames` and its role. */
  readonly foreignParameters?: Partial<
    Record<Convention, (parameter: string) => ForeignParameter | undefined>
  >
  /** The tensor's name as `foreignNames` leads to it, from an older name that published files still have. */
  readonly formerNames?: Partial<Record<Convention, (tensor: string) => string>>
  /**
   * Tensors in a publisher's file that no node of the graph has, and that are no sign of a wrong file: those of its training only (an
   * auxiliary classifier), and of a preprocessing that is a part of the publisher's network.
   */
  readonly trainingOnly?: Partial<Record<Convention, RegExp>>
  /**
   * The map `[height, width, channels]` that a dense node takes flattened. A publisher with channels first (`torch`, `timm`) has the
   * kernel's rows in the order [channels, height, width], and they are permuted when weights are converted.
   */
  readonly flattenedInputs?: Readonly<Record<string, readonly [number, number, number]>>
  /** What a publisher's weights take, where it is not `meta.preprocessing`. */
  readonly preprocessingOf?: Partial<Record<Convention, Preprocessing>>
  /** Where a person added it: what it is made of. Whoever resolves it elsewhere is given this. */
  readonly own?: OwnBackbone
}
