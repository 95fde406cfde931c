import { isAbsolute, resolve } from 'node:path'
import type { Project } from '../../contract/entities.ts'
import type { RequestInput, RequestName, RequestOutput } from '../../contract/requests/index.ts'
import type { Core } from '../../core/create-core.ts'
import { watchSignals, type Interruption } from './interruption.ts'

export interface Session {
  core: Core
  interruption: Interruption
}

export interface ProjectSession extends Session {
  project: Project
  /** A request of this project. */
  request<Name extends ProjectRequestName>(
    name: Name,
    input: Omit<RequestInput<Name>, 'projectId'>,
  ): Promise<RequestOutput<Name>>
}

type ProjectRequestName = {
  [Name in RequestName]: RequestInput<Name> extends { projectId: string } ? Name : never
}[RequestName]

/** Runs `work` with a core of its own, which is closed in any case. @throws AppError, InterruptedError */
export async function withCore<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
  // Only now, so that --help and wrong usage answer without loading a database.
  const { createHeadlessCore } = await import('../host.ts')
  const interruption = watchSignals()
  const { core } = createHeadlessCore({ host: 'memory' })
  try {
    return await Promise.race([work({ core, interruption }), interruption.ended])
  } finally {
    await core.close()
    interruption.dispose()
  }
}

/** Runs `work` with `folder` opened as a project. @throws AppError, InterruptedError */
export function withProject<Result>(
  folder: string,
  work: (session: ProjectSession) => Promise<Result>,
): Promise<Result> {
  return withCore(async (session) => {
    const project = await session.core.request('projects.open', { path: absolutePath(folder) })
    return work({
      ...session,
      project,
      request: (name, input) =>
        session.core.request(name, { ...input, projectId: project.id } as RequestInput<typeof name>),
    })
  })
}

/** Paths of the command line are below the folder it was called in. */
export function absolutePath(path: string): string {
  return isAbsolute(path) ? path : resolve(path)
}
