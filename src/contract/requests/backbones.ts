import { z } from 'zod'
import {
  backboneSchema,
  backboneSpeedSchema,
  conventionSchema,
  layerSchema,
  sha256Schema,
  weightsFormatSchema,
} from '../entities.ts'
import { ownBackboneIdSchema, preprocessingNameSchema, preprocessingSchema } from '../own-backbone.ts'
import { defineRequests } from './define.ts'

const oneBackbone = z.object({ id: z.string() })

const addedSchema = z.object({
  id: z.string(),
  /** Of the canonical file: equal weights have the same, in whatever format they came. */
  sha256: sha256Schema,
  tensors: z.number().int(),
  /** Layers that have their parameters from the file. */
  layersMatched: z.number().int(),
  /** Of the canonical file. */
  bytes: z.number().int(),
  /** What the file is. */
  format: weightsFormatSchema,
  /** Whose names it has. */
  convention: conventionSchema,
  /** Whether it had ImageNet's classifier, so that `backbones.classify` works. */
  hasClassifier: z.boolean(),
  /** Names of its tensors that no layer takes: of a head, of an auxiliary classifier. */
  dropped: z.array(z.string()),
})

const recognizedSchema = z.object({
  format: weightsFormatSchema,
  tensors: z.number().int(),
  /** Those that the file can be added as: none, one, or several of one kind. */
  backbones: z.array(
    z.object({
      id: z.string(),
      /** Whose names it has. */
      convention: conventionSchema,
      /** Whether it has ImageNet's classifier. */
      hasClassifier: z.boolean(),
    }),
  ),
})

export const backbonesRequests = defineRequests({
  'backbones.list': { input: z.object({}), output: z.object({ backbones: z.array(backboneSchema) }) },
  'backbones.show': {
    input: oneBackbone,
    output: z.object({ id: z.string(), layers: z.array(layerSchema) }),
  },
  /** Forward passes on this machine, for some seconds; the list has the result from then on. */
  'backbones.measure': { input: oneBackbone, output: backboneSpeedSchema },
  /** Which backbones a file of weights is of, by the names and shapes of its tensors. Nothing is installed. */
  'backbones.recognize': {
    input: z.object({
      /** Absolute. */
      file: z.string(),
    }),
    output: recognizedSchema,
  },
  /**
   * Installs pretrained weights from a file in any format that is read, in place of those that the backbone has; runs keep the weights they
   * began with. Whatever is wrong with the file, what was installed stays. `backbones.progress` tells how far it is.
   */
  'backbones.add': {
    input: oneBackbone.extend({
      /** Absolute. */
      file: z.string(),
    }),
    output: addedSchema,
  },
  /**
   * Makes a backbone of a TensorFlow.js layers model, without the classifier at its end. Where there is one of that id with the same layers,
   * it gets these weights; one with other layers stays, and so does what was there before whatever is wrong with the file. As
   * `backbones.add` else.
   */
  'backbones.addModel': {
    input: z.object({
      /** Of `model.json`; absolute. */
      file: z.string(),
      /** Absent: as the file or its folder is named; then a file that has the weights of a backbone of the catalogue is refused. */
      id: ownBackboneIdSchema.optional(),
      /** Absent: `tf`; `none` where the model begins with a Rescaling of its own. */
      preprocessing: preprocessingNameSchema.optional(),
      /** The layer of the model whose value the features are. Absent: what its last dense layer takes, or what it gives. */
      featureLayer: z.string().optional(),
    }),
    output: addedSchema.extend({
      featureLayer: z.string(),
      /** Of the features, without the batch. */
      featureShape: z.array(z.number().int()),
      layers: z.number().int(),
      inputSize: z.number().int(),
      fixedSize: z.boolean(),
      preprocessing: preprocessingSchema,
    }),
  },
  /** Ends the adding that goes on for this backbone, if there is one; it then fails with 'cancelled'. */
  'backbones.cancelAdd': { input: oneBackbone, output: z.object({}) },
  /**
   * Fetches a publisher's file, checks its published hash and adds it as `backbones.add` does: only when a person asks for it. What has
   * come of a file that could not be fetched to its end is kept, and the next download goes on from there.
   */
  'backbones.download': {
    input: oneBackbone.extend({
      /** A publisher (the first of its files), or a file's name at its publisher; without it the first there is. */
      source: z.string().optional(),
    }),
    output: addedSchema.extend({ address: z.string() }),
  },
  /** Ends the download that goes on for this backbone, if there is one; it then fails with 'cancelled'. */
  'backbones.cancelDownload': { input: oneBackbone, output: z.object({}) },
  /** Deletes all weights that were added for a backbone, and what was fetched of them; a model of the person's own whole. Runs that began with them need them added again; those that ship with Thaw stay. */
  'backbones.remove': { input: oneBackbone, output: z.object({ freedBytes: z.number() }) },
})
