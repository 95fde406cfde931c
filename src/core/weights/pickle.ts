import { damaged } from './weights-file.ts'

/**
 * What a pickle stands for. Tuples and lists are arrays; dictionaries are maps, so that no key of theirs means anything to this program;
 * `PickleObject` is what the reader's own table made.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleObject

/** Something that a name in the pickle stands for, or that a call of it gave. */
export interface PickleObject {
  readonly kind: string
  /** Where it may be called: never code of the file's. */
  readonly call?: (values: readonly PickleValue[]) => PickleValue
}

/** What names and references in a pickle may mean; everything else is refused by throwing. */
export interface PickleTable {
  /** @throws AppError 'weights-unsafe', naming it */
  readonly find: (module: string, name: string) => PickleObject
  /** @throws AppError 'weights-invalid' */
  readonly load: (reference: PickleValue) => PickleValue
}

/** No checkpoint has as many; what each makes takes memory. */
const mostOperations = 400_000
const highestProtocol = 5
const mark = Symbol('mark')
type Slot = PickleValue | typeof mark

/** A pickle's value, and where the next byte after it is. */
export interface Unpickled {
  readonly value: PickleValue
  readonly end: number
}

/**
 * Runs a pickle in a machine that only builds data: dictionaries, lists, tuples, text, numbers, and what `table` knows. It imports
 * nothing and calls nothing else.
 *
 * @param begin where the pickle begins in `bytes`
 * @throws AppError 'weights-invalid' where it is damaged, and what `table` throws
 * @see https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */
export function unpickle(bytes: Uint8Array, begin: number, table: PickleTable): Unpickled {
  const input = readerOf(bytes, begin)
  const stack: Slot[] = []
  const memo = new Map<number, PickleValue>()

  const pop = (): PickleValue => {
    const value = stack.pop()
    if (value === undefined || value === mark) throw broken('it takes a value where there is none')
    return value
  }
  const popMarked = (): PickleValue[] => {
    const place = stack.lastIndexOf(mark)
    if (place < 0) throw broken('a mark is missing')
    return stack.splice(place).slice(1) as PickleValue[]
  }
  const top = (): PickleValue => {
    const value = stack.at(-1)
    if (value === undefined || value === mark) throw broken('it looks at a value where there is none')
    return value
  }
  const setItems = (items: readonly PickleValue[]): void => {
    const target = top()
    if (!(target instanceof Map) || items.length % 2 !== 0)
      throw broken('items are set of what is no dictionary')
    for (let index = 0; index < items.length; index += 2) {
      target.set(items[index] ?? null, items[index + 1] ?? null)
    }
  }
  const append = (items: readonly PickleValue[]): void => {
    const target = top()
    if (!Array.isArray(target)) throw broken('a value is appended to what is no list')
    for (const item of items) target.push(item)
  }
  const takeTuple = (length: number): void => {
    if (stack.length < length) throw broken('a tuple is longer than what there is')
    const items = Array.from({ length }, pop).reverse()
    stack.push(items)
  }
  const call = (): void => {
    const values = pop()
    const callee = pop()
    if (!isPickleObject(callee) || callee.call === undefined || !Array.isArray(values)) {
      throw broken('it calls what cannot be called')
    }
    stack.push(callee.call(values))
  }
  const recall = (index: number): void => {
    const value = memo.get(index)
    if (value === undefined) throw broken(`it recalls a value (${index}) that it never kept`)
    stack.push(value)
  }

  for (let operations = 0; operations < mostOperations; operations += 1) {
    const code = String.fromCharCode(input.byte())
    switch (code) {
      case '\x80': {
        const protocol = input.byte()
        if (protocol > highestProtocol) throw broken(`its protocol should be at most 5, and is ${protocol}`)
        break
      }
      case '.':
        return { value: pop(), end: input.position() }
      case '\x95':
        input.unsigned(8)
        break
      case '(':
        stack.push(mark)
        break
      case '0':
        stack.pop()
        break
      case '1':
        popMarked()
        break
      case '2':
        stack.push(top())
        break
      case 'N':
        stack.push(null)
        break
      case '\x88':
        stack.push(true)
        break
      case '\x89':
        stack.push(false)
        break
      case 'J':
        stack.push(input.signed32())
        break
      case 'K':
        stack.push(input.byte())
        break
      case 'M':
        stack.push(input.unsigned(2))
        break
      case '\x8a':
        stack.push(input.long(input.byte()))
        break
      case 'G':
        stack.push(input.float())
        break
      case 'X':
        stack.push(input.text(input.unsigned(4)))
        break
      case '\x8c':
        stack.push(input.text(input.byte()))
        break
      case '\x8d':
        stack.push(input.text(input.unsigned(8)))
        break
      // Python 2's text.
      case 'T':
        stack.push(input.text(input.unsigned(4)))
        break
      case 'U':
        stack.push(input.text(input.byte()))
        break
      case 'B':
        stack.push(input.bytes(input.unsigned(4)))
        break
      case 'C':
        stack.push(input.bytes(input.byte()))
        break
      case ']':
        stack.push([])
        break
      case 'l':
        stack.push(popMarked())
        break
      case 'a':
        append([pop()])
        break
      case 'e':
        append(popMarked())
        break
      case ')':
        stack.push([])
        break
      case 't':
        stack.push(popMarked())
        break
      case '\x85':
        takeTuple(1)
        break
      case '\x86':
        takeTuple(2)
        break
      case '\x87':
        takeTuple(3)
        break
      case '}':
        stack.push(new Map())
        break
      case 'd': {
        const items = popMarked()
        stack.push(new Map())
        setItems(items)
        break
      }
      case 's': {
        const value = pop()
        setItems([pop(), value])
        break
      }
      case 'u':
        setItems(popMarked())
        break
      case 'c':
        stack.push(table.find(input.line(), input.line()))
        break
      case '\x93': {
        const name = pop()
        const module = pop()
        if (typeof name !== 'string' || typeof module !== 'string') throw broken('a name is no text')
        stack.push(table.find(module, name))
        break
      }
      case 'Q':
        stack.push(table.load(pop()))
        break
      case 'R':
      // A new object of a class, with its arguments: as a call of the class.
      // falls through
      case '\x81':
        call()
        break
      case 'b': {
        const state = pop()
        // The state of an ordered dictionary is what PyTorch notes of its modules' versions.
        if (!(top() instanceof Map) || !(state instanceof Map))
          throw broken('a state is set of what has none')
        break
      }
      case 'q':
        memo.set(input.byte(), top())
        break
      case 'r':
        memo.set(input.unsigned(4), top())
        break
      case '\x94':
        memo.set(memo.size, top())
        break
      case 'h':
        recall(input.byte())
        break
      case 'j':
        recall(input.unsigned(4))
        break
      default:
        throw broken(
          `at byte ${input.position() - 1} it does something (${JSON.stringify(code)}) that weights do not need`,
        )
    }
  }
  throw broken(`it should take at most ${mostOperations} steps`)
}

/** Whether the value came from the table. */
export function isPickleObject(value: PickleValue): value is PickleObject {
  return typeof value === 'object' && value !== null && 'kind' in value
}

function broken(problem: string): Error {
  return damaged('PyTorch', `its pickle is not as PyTorch writes it: ${problem}`)
}

interface Reader {
  position: () => number
  byte: () => number
  unsigned: (size: 2 | 4 | 8) => number
  signed32: () => number
  float: () => number
  long: (size: number) => number | bigint
  bytes: (length: number) => Uint8Array
  text: (length: number) => string
  line: () => string
}

const longestLine = 1000
const longestNumberBytes = 16

function readerOf(all: Uint8Array, begin: number): Reader {
  let position = begin
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
  const take = (length: number): number => {
    if (!(length >= 0 && position + length <= all.length)) throw broken('it is cut off')
    position += length
    return position - length
  }
  const unsigned = (size: 2 | 4 | 8): number => {
    const place = take(size)
    if (size === 2) return view.getUint16(place, true)
    if (size === 4) return view.getUint32(place, true)
    return Number(view.getBigUint64(place, true))
  }
  const bytes = (length: number): Uint8Array => {
    const place = take(length)
    return all.subarray(place, place + length)
  }
  return {
    position: () => position,
    byte: () => view.getUint8(take(1)),
    unsigned,
    signed32: () => view.getInt32(take(4), true),
    float: () => view.getFloat64(take(8), false),
    long(size) {
      if (size > longestNumberBytes) throw broken(`a number has ${size} bytes`)
      const value = bytes(size).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n)
      const signed = BigInt.asIntN(size * 8, value)
      return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
    },
    bytes,
    text: (length) => new TextDecoder().decode(bytes(length)),
    line() {
      const end = all.indexOf(0x0a, position)
      if (end < 0 || end - position > longestLine) throw broken('a name does not end')
      const text = new TextDecoder().decode(all.subarray(position, end))
      position = end + 1
      return text
    },
  }
}
