/** A piece of HTML that is whole and safe: every text in it was escaped. */
export interface Markup {
  readonly markup: string
}

/** What may stand in a piece of HTML; text is escaped, and nothing is left out in silence but what is empty. */
export type MarkupValue = string | number | Markup | null | readonly MarkupValue[]

/** HTML with values in it: `` markup`<td>${name}</td>` ``. */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  const parts = strings.map((text, index) => (index === 0 ? '' : textOf(values[index - 1] ?? null)) + text)
  return { markup: parts.join('') }
}

/** HTML that this program made itself, such as a drawing: nothing in it is escaped. */
export function trusted(text: string): Markup {
  return { markup: text }
}

/** A name that a person gave: its direction of writing stays its own. */
export function named(text: string): Markup {
  return markup`<bdi>${text}</bdi>`
}

/** A sentence with `{values}` in it. Of `one | several` the part that `count` asks for. */
export function sentence(
  text: string,
  values: Readonly<Record<string, MarkupValue>> = {},
  count = 2,
): Markup {
  const forms = text.split(' | ')
  const form = forms[count === 1 ? 0 : forms.length - 1] ?? ''
  // Every other part is the name of a value.
  const parts = form.split(/\{(\w+)\}/)
  return {
    markup: parts.map((part, index) => textOf(index % 2 === 0 ? part : (values[part] ?? null))).join(''),
  }
}

/** Text as HTML and XML have it. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

function textOf(value: MarkupValue): string {
  if (value === null) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return 'markup' in value ? value.markup : value.map(textOf).join('')
}
