import { basename } from 'node:path'
import { z } from 'zod'
import type { FileNames } from './find-file.ts'
import { hasImageExtension } from './folder.ts'

/** A task of either export, brought to one shape. */
export interface LabelStudioTask {
  id: string
  /** As Label Studio names the image; null where the task has none. */
  image: string | null
  /** The choices of each annotation that was not cancelled. */
  choices: string[][]
  split: string
}

/** An element of the export "JSON". @see https://labelstud.io/guide/export */
const taskSchema = z.object({
  id: z.union([z.number(), z.string()]).optional(),
  data: z.record(z.string(), z.unknown()),
  annotations: z
    .array(
      z.object({
        was_cancelled: z.boolean().nullish(),
        result: z.array(
          z.object({
            type: z.string().optional(),
            value: z.object({ choices: z.array(z.string()).optional() }).optional(),
          }),
        ),
      }),
    )
    .optional(),
})

/** Keys of JSON-MIN that are no labels. */
const bookkeeping = new Set([
  'id',
  'annotator',
  'annotation_id',
  'created_at',
  'updated_at',
  'lead_time',
  'split',
])
const likelyImages = ['image', 'img', 'picture', 'path', 'url', 'file']
const likelyChoices = ['choice', 'choices', 'label', 'class', 'category']

function likeliest(keys: string[], likely: readonly string[]): string | undefined {
  return likely.find((key) => keys.includes(key)) ?? keys[0]
}

function imageKeyOf(data: Record<string, unknown>): string | undefined {
  const texts = Object.keys(data).filter((key) => typeof data[key] === 'string')
  const named = texts.filter((key) => hasImageExtension(imageName(data[key] as string)))
  return likeliest(named, likelyImages) ?? likelyImages.find((key) => texts.includes(key))
}

/** One choice, several, or several in an object, as the labelling has it. */
function choicesOf(value: unknown): string[] | null {
  if (typeof value === 'string') return value === '' ? [] : [value]
  const several = z.array(z.string()).safeParse(value)
  if (several.success) return several.data
  const inObject = z.object({ choices: z.array(z.string()) }).safeParse(value)
  return inObject.success ? inObject.data.choices : null
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** @returns null where it is a task of neither export */
export function readTask(value: Record<string, unknown>, index: number): LabelStudioTask | null {
  const id = textOf(value.id) || `[${index}]`
  if ('data' in value) {
    const parsed = taskSchema.safeParse(value)
    if (!parsed.success) return null
    const { data, annotations = [] } = parsed.data
    const key = imageKeyOf(data)
    return {
      id,
      image: key === undefined ? null : (data[key] as string),
      choices: annotations
        .filter((annotation) => annotation.was_cancelled !== true)
        .map(({ result }) => result.flatMap((region) => region.value?.choices ?? [])),
      split: textOf(data.split),
    }
  }
  const imageKey = imageKeyOf(value)
  if (imageKey === undefined) return null
  const labels = Object.keys(value).filter(
    (key) => key !== imageKey && !bookkeeping.has(key) && choicesOf(value[key]) !== null,
  )
  const key = likeliest(labels, likelyChoices)
  const choices = key === undefined ? [] : choicesOf(value[key])
  return {
    id,
    image: value[imageKey] as string,
    choices: choices === null || choices.length === 0 ? [] : [choices],
    split: textOf(value.split),
  }
}

/** JSON-MIN has an element for each annotation of a task: tasks that are one, with all of their choices. */
export function joinTasks(tasks: readonly LabelStudioTask[]): LabelStudioTask[] {
  const joined = new Map<string, LabelStudioTask>()
  for (const task of tasks) {
    const key = JSON.stringify([task.id, task.image, task.split])
    const known = joined.get(key)
    joined.set(key, known ? { ...known, choices: [...known.choices, ...task.choices] } : task)
  }
  return [...joined.values()]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A name with a percent sign that encodes nothing is a name.
    return text
  }
}

/** Uploads have eight digits put in front of their names. */
const uploadMark = /^[0-9a-f]{8}-/
const localFile = /^\/data\/local-files\/\?(?:.*&)?d=([^&]*)/

/** The path in an address of Label Studio's, of a web server or of a bucket; other names as they are. */
function imageName(address: string): string {
  const local = localFile.exec(address)
  if (local) return decoded(local[1] as string)
  const url =
    /^(?:https?|s3|gs|azure-blob|file):\/\/[^/]*(\/[^?#]*)/i.exec(address) ??
    /^(\/data\/upload\/.*)/.exec(address)
  return url ? decoded(url[1] as string) : address
}

/** What Label Studio calls a file that is uploaded: without spaces, only letters, digits and a few marks. */
export function uploadedName(name: string): string {
  return name
    .trim()
    .replaceAll(' ', '_')
    .replace(/[^-\w.\p{L}\p{N}]/gu, '')
}

/**
 * What the file of an image may be called on this computer. Local files are below a folder that Label Studio was told of, or below the
 * root.
 */
export function namesOfImage(address: string): FileNames {
  const path = imageName(address)
  const name = basename(path)
  const isUpload = address.startsWith('/data/upload/')
  return {
    paths: [
      path,
      path.replace(/^\/data\/upload\//, '/upload/'),
      ...(localFile.test(address) ? [`/${path}`] : []),
    ],
    names: [name, name.replace(uploadMark, '')],
    copies: isUpload ? [name.replace(uploadMark, '')] : [],
  }
}
