/** What a random number is for. Streams of different purposes never share numbers. */
export interface RandomKey {
  /** 0 to 2^53 - 1. */
  readonly seed: number
  /** Such as 'shuffle', 'initialize', 'dropout', 'augment:flip'. */
  readonly purpose: string
  /** 0 to 2^32 - 1. */
  readonly epoch?: number
  /** 0 to 2^32 - 1: an image, a parameter, a step. */
  readonly item?: number
}

/** A stream of random numbers; equal keys give equal streams on every machine and engine. */
export interface Random {
  /** A whole number, 0 to 2^32 - 1. */
  readonly uint32: () => number
  /** A number in [low, high), by default [0, 1), with 53 random bits. */
  readonly uniform: (low?: number, high?: number) => number
  /** A number of a normal distribution, by Box and Muller's method. */
  readonly normal: (mean?: number, standardDeviation?: number) => number
  /** A whole number, 0 to `bound` - 1, without bias. `bound` is 1 to 2^32. */
  readonly integer: (bound: number) => number
  /** The numbers 0 to `length` - 1 in random order, by Fisher and Yates's method. */
  readonly permutation: (length: number) => Uint32Array
}

/**
 * A stream keyed by (seed, purpose, epoch, item). It holds no hidden state between keys: a resumed run draws what an
 * uninterrupted one would, whatever the order of the draws.
 *
 * The generator is Philox4x32-10: the key is the low half of the seed and a hash of the purpose, the counter is (block, item, epoch, high half).
 */
export function createRandom({ seed, purpose, epoch = 0, item = 0 }: RandomKey): Random {
  const key: [number, number] = [seed >>> 0, hashPurpose(purpose)]
  const seedHigh = Math.floor(seed / 2 ** 32) >>> 0
  let block = 0
  let buffer: readonly number[] = []
  let used = 0
  let spareNormal: number | undefined

  const uint32 = (): number => {
    if (used === buffer.length) {
      buffer = philox4x32([block, item >>> 0, epoch >>> 0, seedHigh], key)
      block = (block + 1) >>> 0
      used = 0
    }
    const value = buffer[used] ?? 0
    used += 1
    return value
  }
  const uniform = (low = 0, high = 1): number => {
    const upper = uint32() >>> 5
    const lower = uint32() >>> 6
    return low + ((upper * 2 ** 26 + lower) / 2 ** 53) * (high - low)
  }
  const normal = (mean = 0, standardDeviation = 1): number => {
    let value = spareNormal
    spareNormal = undefined
    if (value === undefined) {
      // 1 - u keeps the logarithm's argument above zero.
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      value = radius * Math.cos(angle)
      spareNormal = radius * Math.sin(angle)
    }
    return mean + standardDeviation * value
  }
  const integer = (bound: number): number => {
    const limit = 2 ** 32 - (2 ** 32 % bound)
    let value = uint32()
    while (value >= limit) value = uint32()
    return value % bound
  }
  const permutation = (length: number): Uint32Array => {
    const order = Uint32Array.from({ length }, (_, index) => index)
    for (let last = length - 1; last > 0; last -= 1) {
      const other = integer(last + 1)
      const moved = order[last] ?? 0
      order[last] = order[other] ?? 0
      order[other] = moved
    }
    return order
  }
  return { uint32, uniform, normal, integer, permutation }
}

/**
 * The counter-based generator Philox4x32 with 10 rounds: four words for each counter and key.
 *
 * @see Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (SC11), https://doi.org/10.1145/2063384.2063405
 */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round += 1) {
    const high0 = multiplyHigh(0xd2511f53, c0)
    const low0 = Math.imul(0xd2511f53, c0) >>> 0
    const high1 = multiplyHigh(0xcd9e8d57, c2)
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0
    c0 = (high1 ^ c1 ^ k0) >>> 0
    c1 = low1
    c2 = (high0 ^ c3 ^ k1) >>> 0
    c3 = low0
    k0 = (k0 + 0x9e3779b9) >>> 0
    k1 = (k1 + 0xbb67ae85) >>> 0
  }
  return [c0, c1, c2, c3]
}

/** The upper 32 bits of the product of two 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const cross = aLow * bHigh + (middle & 0xffff)
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) >>> 0
}

/** FNV-1a over the UTF-16 code units. @see http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashPurpose(purpose: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < purpose.length; index += 1) {
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193) >>> 0
  }
  return hash
}
