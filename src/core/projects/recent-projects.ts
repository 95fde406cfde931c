import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { RecentProject } from '../../contract/entities.ts'
import { createJsonFile } from '../app/json-file.ts'
import type { CoreContext } from '../context.ts'
import { toAppError } from '../store/to-app-error.ts'
import type { OpenProject } from './open-projects.ts'
import { countImages } from './stats.ts'

const mostRemembered = 30

const recentSchema = z.array(
  z.object({
    name: z.string(),
    path: z.string(),
    openedAt: z.number(),
    images: z.number().int().nullable(),
  }),
)

export interface RecentProjects {
  /** Newest first. */
  list(): RecentProject[]
  forget(path: string): void
}

/** Keeps the list of the person's projects in the data folder, as projects are opened and closed. */
export function createRecentProjects(context: CoreContext): RecentProjects {
  const path = join(context.dataDir, 'recent-projects.json')
  const file = createJsonFile(path, recentSchema, [], (error) =>
    context.log.warn({ error, path }, 'the list of recent projects could not be read; it starts anew'),
  )
  const remember = (project: OpenProject, openedAt: number) => {
    const entry = { name: project.name, path: project.path, openedAt, images: countImages(project) }
    const others = file.read().filter((recent) => recent.path !== project.path)
    try {
      file.write([entry, ...others].slice(0, mostRemembered))
    } catch (error) {
      // A list that cannot be written must not keep the project from opening.
      context.log.warn({ error: toAppError(error, path) }, 'the list of recent projects could not be written')
    }
  }
  // A script's projects are not the person's.
  if (context.host !== 'memory') {
    context.projects.onOpen((project) => remember(project, Date.now()))
    context.projects.onClose((project) => remember(project, Date.now()))
  }
  return {
    list: () => file.read().map((recent) => ({ ...recent, exists: existsSync(recent.path) })),
    forget(forgotten) {
      const folder = resolve(forgotten)
      file.write(file.read().filter((recent) => recent.path !== folder && recent.path !== forgotten))
    },
  }
}
