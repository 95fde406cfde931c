import type { Backbone } from '../../../../contract/entities.ts'

export interface BackboneGroup {
  family: string
  backbones: Backbone[]
}

/**
 * Backbones by family, in the order they come in, but for the person's own, which come first.
 *
 * @param query words that must all be in a backbone's id, family or licence, in any case
 */
export function groupBackbones(
  backbones: readonly Backbone[],
  query: string,
  onlyInstalled: boolean,
): BackboneGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const groups = new Map<string, Backbone[]>()
  const isOwn = (backbone: Backbone): boolean => Boolean(backbone.own)
  for (const backbone of [...backbones.filter(isOwn), ...backbones.filter((each) => !isOwn(each))]) {
    if (onlyInstalled && !backbone.installed) continue
    const text = `${backbone.id} ${backbone.family} ${backbone.licence}`.toLowerCase()
    if (!words.every((word) => text.includes(word))) continue
    const group = groups.get(backbone.family)
    if (group) group.push(backbone)
    else groups.set(backbone.family, [backbone])
  }
  return [...groups].map(([family, members]) => ({ family, backbones: members }))
}
