/** Places by rising value; those without a value first, as nothing is known of them. */
export async function* sortedPlaces(values: Float32Array): AsyncGenerator<number> {
  const keys = values.map((value) => (Number.isNaN(value) ? -1 : value))
  const places = Array.from(keys, (_, place) => place)
  places.sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b)
  yield* places
}
