import type { CurveLook } from '../charts/curve-look.ts'
import { markup, type Markup, type MarkupValue } from './markup.ts'

/** What curves are of. */
export function legend(entries: readonly { look: CurveLook; name: MarkupValue }[]): Markup {
  return markup`<ul class="legend">${entries.map(
    ({ look, name }) =>
      markup`<li><svg width="24" height="8" aria-hidden="true"><line x1="1" x2="23" y1="4" y2="4" stroke="${look.color}" stroke-width="2.5"${look.dash.length > 0 ? markup` stroke-dasharray="${look.dash.join(' ')}"` : null}/></svg><span>${name}</span></li>`,
  )}</ul>`
}
