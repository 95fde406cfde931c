import { markup, trusted, type Markup } from './markup.ts'
import { reportStyle } from './report-style.ts'

/** A part of a report under a heading. */
export interface Section {
  /** Its place in the page's address. */
  readonly id: string
  readonly heading: string | Markup
  readonly body: readonly (Markup | null)[]
}

/** Nothing is loaded, nothing runs: the page is what it is, wherever it is opened. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"

/** A whole HTML document in one string. */
export function reportDocument(page: {
  language: string
  /** Of the window. */
  title: string
  head: Markup
  contents: string
  sections: readonly Section[]
  footer: Markup
}): string {
  const { language, title, head, contents, sections, footer } = page
  const { markup: html } = markup`<!doctype html>
<html lang="${language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="generator" content="Thaw">
<title>${title}</title>
<style>${trusted(reportStyle)}</style>
</head>
<body>
<header class="head">${head}</header>
<nav class="contents" aria-label="${contents}"><ol>${sections.map(
    ({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>`,
  )}</ol></nav>
<main>
${sections.map(
  ({ id, heading, body }) => markup`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${body}
</section>
`,
)}</main>
<footer>${footer}</footer>
</body>
</html>
`
  return html
}
