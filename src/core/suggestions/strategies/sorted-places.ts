const mostPlaces = 2 ** 20
const steps = 2 ** 32

/**
 * Places by rising value, equal ones in their order; those without a value first, as nothing is known of them.
 *
 * @param values 0 to 1, or NaN; at most 2^20
 */
export async function* sortedPlaces(values: Float32Array): AsyncGenerator<number> {
  // Value and place in one number, as numbers alone are sorted many times faster than by a function.
  const keys = Float64Array.from(
    values,
    (value, place) => (Number.isNaN(value) ? 0 : 1 + Math.floor(value * (steps - 2))) * mostPlaces + place,
  ).sort()
  for (const key of keys) yield key % mostPlaces
}
