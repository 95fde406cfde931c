import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import type { OpenProject } from '../projects/open-projects.ts'
import { toAppError } from '../store/to-app-error.ts'
import { picturesFolder } from './pictures-folder.ts'

/** What was in an upload, in the project. */
export interface KeptUpload {
  /** Where the source is now. */
  source: string
  /** Takes it out again. */
  discard(): Promise<void>
}

/**
 * Moves what a page sent into the project's pictures, since an upload ends: the images stay where they are from then on.
 *
 * @param upload the upload's folder
 * @param source it, or what is in it: moved with everything beside it
 * @throws disk-full, permission-denied, with nothing left behind
 */
export async function keepUpload(project: OpenProject, upload: string, source: string): Promise<KeptUpload> {
  const folder = freeName(picturesFolder(project), `dropped ${stampOf(new Date())}`)
  try {
    await mkdir(picturesFolder(project), { recursive: true })
    await move(upload, folder)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw toAppError(error, project.path)
  }
  return {
    source: join(folder, relative(upload, source)),
    async discard() {
      await rm(folder, { recursive: true, force: true })
      // Only where nothing else is in it.
      await rmdir(picturesFolder(project)).catch(() => undefined)
    },
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error
    await cp(from, to, { recursive: true })
    await rm(from, { recursive: true, force: true })
  }
}

/** A name for a file or folder that is not there yet: with a number before its ending where it is taken. */
export function freeName(folder: string, name: string): string {
  const dot =
    name.lastIndexOf('.') > 0 && !/\s/.test(name.slice(name.lastIndexOf('.')))
      ? name.lastIndexOf('.')
      : name.length
  let path = join(folder, name)
  for (let count = 2; existsSync(path); count += 1) {
    path = join(folder, `${basename(name.slice(0, dot))}-${count}${name.slice(dot)}`)
  }
  return path
}

/** The time on this computer's clock, as it can be a file's name: `2026-11-27 10-20-31`. */
function stampOf(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${day} ${two(time.getHours())}-${two(time.getMinutes())}-${two(time.getSeconds())}`
}
