import type { ReportedPicture } from '../report-data.ts'
import { markup, named, type Markup, type MarkupValue } from './markup.ts'

/** Pictures in rows of four, each with what is to be said of it below. */
export function pictureGrid(
  items: readonly { picture: ReportedPicture; told: MarkupValue }[],
  missing: string,
): Markup {
  return markup`<ul class="pictures">${items.map(({ picture: { thumbnail, name, sha256 }, told }) => {
    const label = name?.split('/').at(-1) ?? sha256.slice(0, 12)
    const shown =
      thumbnail === null
        ? markup`<span class="empty">${missing}</span>`
        : markup`<img src="${thumbnail}" alt="${label}">`
    return markup`<li>${shown}${told}<br><span class="file">${named(name ?? sha256.slice(0, 12))}</span></li>
`
  })}</ul>`
}
