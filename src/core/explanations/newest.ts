import type { OpenProject } from '../projects/open-projects.ts'

/** Work of which only the newest counts for whoever asks: an older one that still runs is ended for it. */
export interface Newest {
  run<Result>(
    project: OpenProject,
    asker: string,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result>
}

export function createNewest(): Newest {
  const running = new WeakMap<OpenProject, Map<string, AbortController>>()
  return {
    async run(project, asker, work) {
      const ofProject = running.get(project) ?? new Map<string, AbortController>()
      running.set(project, ofProject)
      const controller = new AbortController()
      ofProject.get(asker)?.abort()
      ofProject.set(asker, controller)
      try {
        return await work(controller.signal)
      } finally {
        if (ofProject.get(asker) === controller) ofProject.delete(asker)
      }
    },
  }
}
