import { crc32 } from 'node:zlib'

/** Writes a zip archive from its beginning to its end. */
export interface ZipWriter {
  /**
   * Adds a file, not compressed: pictures are so already.
   *
   * @param name with forward slashes
   * @param bytes fewer than 4 GiB
   */
  add(name: string, bytes: Uint8Array): Promise<void>
  /** Writes the directory at the end. */
  end(): Promise<void>
}

const largest32 = 0xffffffff
const largest16 = 0xffff
/** Names are UTF-8. */
const flags = 0x0800
/** 1 January 1980, the earliest there is: equal contents give equal archives. */
const date = 0x0021

function localHeader(name: Buffer, size: number, checksum: number): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(10, 4)
  header.writeUInt16LE(flags, 6)
  header.writeUInt16LE(date, 12)
  header.writeUInt32LE(checksum, 14)
  header.writeUInt32LE(size, 18)
  header.writeUInt32LE(size, 22)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, name])
}

function centralHeader(name: Buffer, size: number, checksum: number, offset: number): Buffer {
  const isFar = offset >= largest32
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(isFar ? 45 : 10, 4)
  header.writeUInt16LE(isFar ? 45 : 10, 6)
  header.writeUInt16LE(flags, 8)
  header.writeUInt16LE(date, 14)
  header.writeUInt32LE(checksum, 16)
  header.writeUInt32LE(size, 20)
  header.writeUInt32LE(size, 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(isFar ? 12 : 0, 30)
  header.writeUInt32LE(isFar ? largest32 : offset, 42)
  const extra = Buffer.alloc(isFar ? 12 : 0)
  if (isFar) {
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(8, 2)
    extra.writeBigUInt64LE(BigInt(offset), 4)
  }
  return Buffer.concat([header, name, extra])
}

function endRecords(entries: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Math.min(entries, largest16), 8)
  end.writeUInt16LE(Math.min(entries, largest16), 10)
  end.writeUInt32LE(Math.min(size, largest32), 12)
  end.writeUInt32LE(Math.min(offset, largest32), 16)
  if (entries < largest16 && size < largest32 && offset < largest32) return end

  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(44n, 4)
  end64.writeUInt16LE(45, 12)
  end64.writeUInt16LE(45, 14)
  end64.writeBigUInt64LE(BigInt(entries), 24)
  end64.writeBigUInt64LE(BigInt(entries), 32)
  end64.writeBigUInt64LE(BigInt(size), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + size), 8)
  locator.writeUInt32LE(1, 16)
  return Buffer.concat([end64, locator, end])
}

/**
 * A zip archive in the form of 1980 where that is enough, else in zip64. Equal entries in equal order give equal bytes.
 *
 * @param write appends to the archive's file
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function createZipWriter(write: (bytes: Uint8Array) => Promise<unknown>): ZipWriter {
  const directory: Buffer[] = []
  let offset = 0
  return {
    async add(name, bytes) {
      const encoded = Buffer.from(name)
      const checksum = crc32(bytes)
      const header = localHeader(encoded, bytes.length, checksum)
      directory.push(centralHeader(encoded, bytes.length, checksum, offset))
      await write(header)
      await write(bytes)
      offset += header.length + bytes.length
    },
    async end() {
      const bytes = Buffer.concat(directory)
      await write(bytes)
      await write(endRecords(directory.length, bytes.length, offset))
    },
  }
}
