/**
 * Files of weights as today's Keras and PyTorch write them, whole networks with their classifiers: each is read into the canonical file,
 * and every value is compared with what the network has. Prints seconds, and memory above what the program itself takes.
 *
 *     node bench/weights-formats.ts [id | id/convention ...]
 */
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { convertWeights, type ConvertedWeights } from '../src/core/weights/convert-weights.ts'
import { classifierFileName, weightsFileName } from '../src/core/weights/file-names.ts'
import type { Backbone, Convention } from '../src/models/backbone.ts'
import { findBackbone } from '../src/models/catalog.ts'
import { parametersOf, type ParameterSpec } from '../src/models/shapes.ts'
import { readParameters } from '../src/models/weights.ts'
import { formulaValues } from '../tests/models/backbones/formula-weights.ts'
import { peerPython, peerScript } from './peers.ts'

const networks = [
  ['vgg16', 'keras', 'VGG16'],
  ['vgg16', 'torch', 'vgg16'],
  ['resnet18', 'torch', 'resnet18'],
  ['resnet50', 'torch', 'resnet50'],
  ['resnet50-keras', 'keras', 'ResNet50'],
  ['inception_v3', 'torch', 'inception_v3'],
  ['inception_v3-keras', 'keras', 'InceptionV3'],
] as const

const mebibyte = 2 ** 20
const allowedMiB = 100

interface Conversion extends ConvertedWeights {
  readonly seconds: number
  readonly addedBytes: number
}

/** In a process of its own, for its memory. */
async function convert(file: string, id: string, folder: string): Promise<Conversion> {
  const child = fork(fileURLToPath(import.meta.url), ['--convert', file, id, folder])
  const [[answer]] = (await Promise.all([once(child, 'message'), once(child, 'exit')])) as [
    [Conversion],
    unknown,
  ]
  return answer
}

/** The number of values that are not exactly those of the formula. */
function countDifferences(
  backbone: Backbone,
  convention: Convention,
  folder: string,
  sha256: string,
): number {
  const features = new Set(parametersOf(backbone.build()).map(({ name }) => name))
  const all = parametersOf((backbone.buildClassifier ?? backbone.build)())
  const read = (name: string, specs: readonly ParameterSpec[]) =>
    readParameters(readFileSync(join(folder, name)), specs)
  const parts = [
    [weightsFileName(sha256), all.filter(({ name }) => features.has(name))],
    [classifierFileName(sha256), all.filter(({ name }) => !features.has(name))],
  ] as const
  let different = 0
  for (const [name, specs] of parts) {
    const values = read(name, specs)
    for (const spec of specs) {
      const own = values.get(spec.name) ?? new Float32Array()
      const indexOf = rowOrder(backbone, convention, spec)
      const expected = formulaValues(backbone, convention, spec, { gain: 1, variance: 1 })
      for (let index = 0; index < own.length; index += 1) {
        if (own[index] !== expected[indexOf(index)]) different += 1
      }
    }
  }
  return different
}

/** Where the formula has a value of ours: a publisher with channels first flattens a map in another order. */
function rowOrder(
  { flattenedInputs }: Backbone,
  convention: Convention,
  { node, role, shape }: ParameterSpec,
): (index: number) => number {
  const map = flattenedInputs?.[node]
  if (convention === 'keras' || role !== 'kernel' || map === undefined) return (index) => index
  const [height, width, channels] = map
  const columns = shape[1] ?? 1
  return (index) => {
    const row = Math.floor(index / columns)
    const channel = row % channels
    return (channel * height * width + Math.floor(row / channels)) * columns + (index % columns)
  }
}

async function measureAll(wanted: readonly string[]): Promise<void> {
  const python = await peerPython()
  if (python === null)
    throw new Error('The files are written by Keras and PyTorch, which are not there: see bench/README.md.')
  const namesOf = (id: string, convention: string): string[] => [id, `${id}/${convention}`]
  const known = networks.flatMap(([id, convention]) => namesOf(id, convention))
  const unknown = wanted.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`'${unknown}' should be one of ${known.join(', ')}.`)
  const folder = mkdtempSync(join(tmpdir(), 'thaw-weights-formats-'))
  let failures = 0
  try {
    for (const [id, convention, model] of networks) {
      if (wanted.length > 0 && !namesOf(id, convention).some((name) => wanted.includes(name))) continue
      const files = join(folder, 'files')
      mkdirSync(files)
      await promisify(execFile)(python, [peerScript('weights-files.py'), convention, model, files])
      for (const name of readdirSync(files).sort()) {
        const out = join(folder, 'out')
        mkdirSync(out)
        const file = join(files, name)
        const fileBytes = statSync(file).size
        const { sha256, seconds, addedBytes, dropped, hasClassifier } = await convert(file, id, out)
        const different = countDifferences(findBackbone(id), convention, out, sha256)
        const ok = different === 0 && hasClassifier && addedBytes <= fileBytes + allowedMiB * mebibyte
        if (!ok) failures += 1
        console.log(
          `${id} from ${name}: ${Math.round(fileBytes / mebibyte)} MiB in ${seconds.toFixed(1)} s, ` +
            `${Math.round(addedBytes / mebibyte)} MiB of memory, ${different} values differ, ` +
            `${dropped.length} tensors left out, classifier ${hasClassifier ? 'kept' : 'missing'}, ${sha256.slice(0, 8)}${ok ? '' : ' FAILED'}`,
        )
        rmSync(out, { recursive: true })
        rmSync(file)
      }
      rmSync(files, { recursive: true })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  if (failures > 0) process.exitCode = 1
}

const [mode, file = '', id = '', folder = ''] = process.argv.slice(2)
if (mode === '--convert') {
  const baseline = process.memoryUsage().rss
  const start = performance.now()
  const converted = await convertWeights(file, findBackbone(id), folder)
  const seconds = (performance.now() - start) / 1000
  const addedBytes = process.resourceUsage().maxRSS * 1024 - baseline
  process.send?.({ ...converted, seconds, addedBytes }, () => process.disconnect())
} else {
  await measureAll(process.argv.slice(2))
}
