import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { SkippedFile } from '../../contract/entities.ts'
import { AppError } from '../../contract/errors.ts'
import { classNameFromFolder } from '../labels/class-name.ts'
import { splitOfName } from './csv.ts'
import { createFileFinder } from './find-file.ts'
import type { Importer, ImportSource } from './importer.ts'
import {
  joinTasks,
  namesOfImage,
  readTask,
  uploadedName,
  type LabelStudioTask,
} from './label-studio-tasks.ts'
import { findListedImages, planOfImages, type ListedImage } from './listed-images.ts'
import { beginsAs, readJson } from './read-json.ts'

/** What a folder's tasks are called, as an export names them. */
export const labelStudioFileName = 'label-studio.json'

const what = 'JSON or JSON-MIN of Label Studio, which is a list of tasks with images and choices'

const noTask = 'It is no task with an image.'

function fileOf({ path, isFolder }: ImportSource): string {
  return isFolder ? join(path, labelStudioFileName) : path
}

/** The class of a task, or why it has none that can be told. */
function classOf({ choices }: LabelStudioTask): { className: string | null } | { detail: string } {
  const several = choices.find((chosen) => chosen.length > 1)
  if (several)
    return { detail: `It has ${several.length} choices (${several.join(', ')}); an image has one class.` }
  const names = [...new Set(choices.flat())]
  if (names.length > 1) return { detail: `Its annotations disagree: ${names.join(', ')}.` }
  return { className: names[0] === undefined ? null : classNameFromFolder(names[0]) }
}

function listTasks(
  file: string,
  tasks: readonly Record<string, unknown>[],
): { listed: ListedImage[]; skipped: SkippedFile[] } {
  const listed: ListedImage[] = []
  const skipped: SkippedFile[] = []
  const known: LabelStudioTask[] = []
  for (const [index, value] of tasks.entries()) {
    const task = readTask(value, index)
    if (task) known.push(task)
    else skipped.push({ path: `${file}#[${index}]`, reason: 'invalid-entry', detail: noTask })
  }
  for (const task of joinTasks(known)) {
    const entry = `${file}#${task.id}`
    if (task.image === null) {
      skipped.push({ path: entry, reason: 'invalid-entry', detail: noTask })
      continue
    }
    if (task.image.startsWith('data:')) {
      const detail = 'Its image is inside the JSON; a path or an address was expected.'
      skipped.push({ path: entry, reason: 'invalid-entry', detail })
      continue
    }
    const label = classOf(task)
    if ('detail' in label) skipped.push({ path: entry, reason: 'unclear-label', detail: label.detail })
    else
      listed.push({
        name: task.image,
        entry,
        className: label.className,
        split: splitOfName(task.split) ?? null,
      })
  }
  return { listed, skipped }
}

/** Tasks of a classification project of Label Studio, with the images beside them. Nothing is fetched from addresses. */
export const labelStudioImporter: Importer = {
  id: 'label-studio',
  recognizes: (source) =>
    source.isFolder ? Promise.resolve(existsSync(fileOf(source))) : beginsAs(source.path, '['),
  async open(source) {
    const file = fileOf(source)
    if (source.isFolder && !existsSync(file)) {
      throw new AppError(
        'import-format-unknown',
        `There is no ${labelStudioFileName} in ${source.path}. Give the path of the JSON file itself.`,
        { path: source.path },
      )
    }
    const tasks = await readJson(file, z.array(z.record(z.string(), z.unknown())), what)
    const { listed, skipped } = listTasks(file, tasks)
    if (listed.length === 0 && skipped.every(({ reason }) => reason === 'invalid-entry')) {
      throw new AppError(
        'import-invalid',
        `${file} should be ${what}, and none of its ${tasks.length} elements is one.`,
        { path: file, expected: what },
      )
    }
    const folder = dirname(file)
    const find = createFileFinder([folder, join(folder, 'images')], folder, namesOfImage, uploadedName)
    return planOfImages(
      async () => {
        const found = await findListedImages(folder, listed, find)
        return { ...found, skipped: [...found.skipped, ...skipped] }
      },
      () =>
        new AppError(
          'no-images',
          `None of the images of the ${tasks.length} tasks in ${file} is beside it. Put the images into the folder of the file, or in one below it.`,
          { path: file, files: tasks.length },
        ),
    )
  },
}
