import { AppError } from '../../contract/errors.ts'

/** One token of a head. */
export type HeadLayer =
  | { readonly kind: 'flatten' }
  | { readonly kind: 'dense'; readonly units: number; readonly activation: HeadActivation }
  | { readonly kind: 'dropout'; readonly rate: number }

/** What may follow the units of a dense layer. */
export const headActivations = ['linear', 'relu', 'relu6'] as const
export type HeadActivation = (typeof headActivations)[number]

const largestUnits = 65_536
const valid = `flatten (first), UNITS or UNITS:ACTIVATION (UNITS 1 to ${largestUnits}, ACTIVATION one of ${headActivations.join(', ')}), dropout:RATE (0 up to 1, 1 excluded)`

/**
 * Reads a head: tokens with commas between them, such as `512:relu,dropout:0.3`. The last layer, with one output for each class, is
 * not written. An empty head is linear.
 *
 * @throws AppError 'plan-invalid', which lists the valid tokens
 */
export function parseHead(specification: string): HeadLayer[] {
  if (specification.trim() === '') return []
  return specification.split(',').map((part, position) => {
    const token = part.trim()
    const layer = parseToken(token)
    if (layer === undefined || (layer.kind === 'flatten' && position > 0)) {
      throw new AppError(
        'plan-invalid',
        `'${token}' is not a layer of a head in '${specification}'; expected, with commas between them: ${valid}.`,
        { head: specification, token, valid },
      )
    }
    return layer
  })
}

function parseToken(token: string): HeadLayer | undefined {
  if (token === 'flatten') return { kind: 'flatten' }
  const dropout = /^dropout:(0(?:\.\d+)?|\.\d+)$/.exec(token)
  if (dropout !== null) return { kind: 'dropout', rate: Number(dropout[1]) }
  const dense = /^(\d{1,6})(?::([a-z0-9]+))?$/.exec(token)
  if (dense === null) return undefined
  const units = Number(dense[1])
  const activation = headActivations.find((name) => name === (dense[2] ?? 'linear'))
  if (activation === undefined || units < 1 || units > largestUnits) return undefined
  return { kind: 'dense', units, activation }
}
