import { z } from 'zod'

/** Larger numbers in a layer are no network's. */
const countSchema = z.number().int().min(1).max(1_000_000)
const size2dSchema = z.tuple([countSchema, countSchema])
const pixelsSchema = z.number().int().min(0).max(1_000_000)
const sidesSchema = z.tuple([z.tuple([pixelsSchema, pixelsSchema]), z.tuple([pixelsSchema, pixelsSchema])])
const shapeSchema = z.array(countSchema).min(1).max(4)

const windowSchema = z.object({
  kernelSize: size2dSchema,
  strides: size2dSchema,
  padding: z.union([z.literal('same'), z.literal('valid'), sidesSchema]),
  dilation: size2dSchema,
})
const noAttributes = z.object({})

function nodeSchema<Op extends string, Attributes extends z.ZodType>(op: Op, attributes: Attributes) {
  return z.object({
    name: z.string().min(1),
    op: z.literal(op),
    inputs: z.array(z.string()),
    attributes,
    block: z.string(),
  })
}

/** A layer as files keep it. What its attributes mean, src/models/ops/definition.ts tells, whose types these are held to. */
export const graphNodeSchema = z.discriminatedUnion('op', [
  nodeSchema('input', z.object({ shape: shapeSchema })),
  nodeSchema('conv2d', windowSchema.extend({ filters: countSchema, useBias: z.boolean() })),
  nodeSchema('depthwiseConv2d', windowSchema.extend({ depthMultiplier: countSchema, useBias: z.boolean() })),
  nodeSchema('maxPooling2d', windowSchema),
  nodeSchema('averagePooling2d', windowSchema.extend({ countIncludePadding: z.boolean() })),
  nodeSchema('globalAveragePooling2d', noAttributes),
  nodeSchema('zeroPadding2d', z.object({ padding: sidesSchema })),
  nodeSchema('batchNormalization', z.object({ epsilon: z.number(), momentum: z.number() })),
  nodeSchema('layerNormalization', z.object({ epsilon: z.number() })),
  nodeSchema('relu', noAttributes),
  nodeSchema('relu6', noAttributes),
  nodeSchema('leakyRelu', z.object({ negativeSlope: z.number() })),
  nodeSchema('sigmoid', noAttributes),
  nodeSchema('tanh', noAttributes),
  nodeSchema('swish', noAttributes),
  nodeSchema('gelu', noAttributes),
  nodeSchema('add', noAttributes),
  nodeSchema('multiply', noAttributes),
  nodeSchema('concatenate', noAttributes),
  nodeSchema('flatten', noAttributes),
  nodeSchema('reshape', z.object({ shape: shapeSchema })),
  nodeSchema(
    'dense',
    z.object({ units: countSchema, useBias: z.boolean(), kernelInitializer: z.literal('glorotUniform') }),
  ),
  nodeSchema('dropout', z.object({ rate: z.number().min(0).lt(1) })),
])

/** A network as files keep it: nodes in topological order. @see src/models/graph.ts */
export const graphSchema = z.object({
  name: z.string(),
  nodes: z.array(graphNodeSchema).min(1).max(20_000),
  output: z.string(),
})
