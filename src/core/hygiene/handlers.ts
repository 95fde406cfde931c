import type { CoreContext, Handlers } from '../context.ts'
import { dismissFindings } from './dismiss-findings.ts'
import { findingsOf, summarize } from './findings.ts'
import { keepImages } from './keep-image.ts'
import { scansOf } from './scan.ts'

type HygieneRequests =
  'hygiene.summary' | 'hygiene.scan' | 'hygiene.images' | 'hygiene.dismiss' | 'hygiene.keep'

export function createHygieneHandlers(context: CoreContext): Handlers<HygieneRequests> {
  const { projects } = context
  const scans = scansOf(context)
  projects.onClose((project) => scans.stop(project))
  return {
    'hygiene.summary': ({ projectId }) => summarize(projects.get(projectId)),
    'hygiene.scan': ({ projectId }) => scans.run(projects.get(projectId)),
    'hygiene.images': async ({ projectId, kind }) => ({
      findings: await findingsOf(projects.get(projectId), kind),
    }),
    'hygiene.dismiss': ({ projectId, kind, findings }) => ({
      changed: dismissFindings(context, projects.get(projectId), kind, findings),
    }),
    'hygiene.keep': ({ projectId, groups }) => ({
      removed: keepImages(context, projects.get(projectId), groups),
    }),
  }
}
