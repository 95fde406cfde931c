import type { Backbone, Convention, Preprocessing } from './backbone.ts'

/** How images are prepared for a backbone's weights under a convention; absent: as its default publisher does. */
export function preprocessingOf(backbone: Backbone, convention?: Convention): Preprocessing {
  const own = convention === undefined ? undefined : backbone.preprocessingOf?.[convention]
  return own ?? backbone.meta.preprocessing
}
