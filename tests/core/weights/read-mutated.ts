// A process that reads mutated files of weights: `node read-mutated.ts <fixture> <first> <count>`. It tells each file before it reads
// it, so that a crash or a hang has a number, and at the end what it took.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../../src/contract/errors.ts'
import { readTiny, weightsFixture } from './tiny-backbone.ts'

const [fixture = '', first = '0', count = '0'] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'thaw-mutated-'))
process.once('disconnect', () => process.exit(0))

/** Whole numbers below `limit`, from a seed. @see https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function randomOf(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) % limit
  }
}

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff]

function mutate(original: Uint8Array, seed: number): Uint8Array {
  const random = randomOf(seed)
  let bytes = Buffer.from(original)
  for (let left = 1 + random(4); left > 0; left -= 1) {
    const place = random(Math.max(1, bytes.length - 8))
    const length = random(Math.min(64, bytes.length))
    switch (random(7)) {
      case 0:
      case 1:
        bytes[place] = random(256)
        break
      case 2:
        bytes.writeUInt32LE(extremes[random(extremes.length)] ?? 0, place)
        break
      case 3:
        bytes.writeBigUInt64LE(BigInt(extremes[random(extremes.length)] ?? 0) << BigInt(random(32)), place)
        break
      case 4:
        bytes = bytes.subarray(0, bytes.length - random(bytes.length - 16))
        break
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + length)])
        break
      default:
        bytes = Buffer.concat([bytes.subarray(0, place + length), bytes.subarray(place)])
    }
    if (bytes.length < 32) break
  }
  return bytes
}

const source = weightsFixture(fixture)
const isFolder = basename(source) === 'model.json'
if (isFolder) cpSync(dirname(source), folder, { recursive: true })
const target = join(folder, basename(source))
const original = readFileSync(source)
// Once as it is, for what the program itself takes.
writeFileSync(target, original)
await readTiny(target)
const baseline = process.memoryUsage().rss
let highest = baseline
const outcomes: Record<string, number> = {}
for (let index = Number(first); index < Number(first) + Number(count); index += 1) {
  process.send?.({ index })
  writeFileSync(target, mutate(original, index))
  let outcome = 'read'
  try {
    await readTiny(target)
  } catch (error) {
    outcome = error instanceof AppError ? error.code : `${String(error)}`
  }
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  highest = Math.max(highest, process.memoryUsage().rss)
}
rmSync(folder, { recursive: true })
process.send?.({ outcomes, addedBytes: highest - baseline, fileBytes: original.length }, () =>
  process.disconnect(),
)
