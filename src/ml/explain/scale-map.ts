/**
 * Scales a map so that its largest value is 1, in place. A map without any value above 0, where nothing speaks for the class, stays as it is.
 *
 * @param map 0 or more
 * @returns the same array, in [0, 1]
 */
export function scaleMap(map: Float32Array): Float32Array {
  let largest = 0
  for (const value of map) largest = Math.max(largest, value)
  if (largest > 0)
    for (let index = 0; index < map.length; index += 1) map[index] = (map[index] as number) / largest
  return map
}
