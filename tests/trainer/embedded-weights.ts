import { fileURLToPath } from 'node:url'
import type { WeightsReference } from '../../src/contract/jobs.ts'
import { findBackbone } from '../../src/models/catalog.ts'

const { meta } = findBackbone('efficientnet-lite0')
const source = meta.weights.find((one) => one.kind === 'embedded')!

/** EfficientNet-Lite0's, which come with Thaw. */
export const embeddedWeights: WeightsReference = {
  backbone: meta.id,
  path: fileURLToPath(new URL(`../../resources/pretrained/${source.folder}/${source.file}`, import.meta.url)),
  sha256: source.sha256,
}
