import type { CoreContext, Handlers } from '../context.ts'
import type { FeaturesOf } from '../suggestions/stored-head.ts'
import { dismissFindings } from './dismiss-findings.ts'
import { countWithLimit, findingsOf, summarize } from './findings.ts'
import { keepImages } from './keep-image.ts'
import { storeLimit } from './limits.ts'
import { createNeighbourScans } from './neighbour-scan.ts'
import { scansOf } from './scan.ts'
import { takeNeighboursClass } from './take-neighbours-class.ts'

type HygieneRequests =
  | 'hygiene.summary'
  | 'hygiene.scan'
  | 'hygiene.findNeighbours'
  | 'hygiene.images'
  | 'hygiene.count'
  | 'hygiene.setLimit'
  | 'hygiene.dismiss'
  | 'hygiene.keep'
  | 'hygiene.takeNeighboursClass'

export function createHygieneHandlers(
  context: CoreContext,
  featuresOf: FeaturesOf,
): Handlers<HygieneRequests> {
  const { projects } = context
  const scans = scansOf(context)
  const neighbourScans = createNeighbourScans(context, featuresOf)
  projects.onClose(async (project) => {
    await Promise.all([scans.stop(project), neighbourScans.stop(project)])
  })
  return {
    'hygiene.summary': ({ projectId }) => summarize(projects.get(projectId)),
    'hygiene.scan': ({ projectId }) => scans.run(projects.get(projectId)),
    'hygiene.findNeighbours': async ({ projectId }) => ({
      images: await neighbourScans.run(projects.get(projectId)),
    }),
    'hygiene.images': async ({ projectId, kind }) => ({
      findings: await findingsOf(projects.get(projectId), kind),
    }),
    'hygiene.count': ({ projectId, kind, limit }) => countWithLimit(projects.get(projectId), kind, limit),
    'hygiene.setLimit'({ projectId, kind, limit }) {
      storeLimit(projects.get(projectId), kind, limit)
      context.publish('hygiene.limitsChanged', { projectId })
      return {}
    },
    'hygiene.dismiss': ({ projectId, kind, findings }) => ({
      changed: dismissFindings(context, projects.get(projectId), kind, findings),
    }),
    'hygiene.keep': ({ projectId, groups }) => ({
      removed: keepImages(context, projects.get(projectId), groups),
    }),
    'hygiene.takeNeighboursClass': ({ projectId, imageIds }) => ({
      changed: takeNeighboursClass(context, projects.get(projectId), imageIds),
    }),
  }
}
