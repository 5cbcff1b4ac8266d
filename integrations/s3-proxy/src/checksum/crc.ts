/** Reflected polynomials: CRC-32 (ISO 3309), Castagnoli's, and that of the NVM Express specification. */
export const crcPolynomials = {
  CRC32: { width: 32n, polynomial: 0xedb88320n },
  CRC32C: { width: 32n, polynomial: 0x82f63b78n },
  CRC64NVME: { width: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
} as const

export type CrcName = keyof typeof crcPolynomials

const SLICES = 8

interface Tables {
  readonly low: Int32Array
  readonly high: Int32Array
}

const tablesOf = new Map<CrcName, Tables>()

/** Slicing-by-8 tables, as low and high halves of up to 64 bits; made once. */
function tables(name: CrcName): Tables {
  const known = tablesOf.get(name)
  if (known !== undefined) return known
  const low = new Int32Array(SLICES * 256)
  const high = new Int32Array(SLICES * 256)
  const first = byteTable(crcPolynomials[name].polynomial)
  let row = first
  for (let slice = 0; slice < SLICES; slice++) {
    row.forEach((crc, byte) => {
      low[slice * 256 + byte] = Number(BigInt.asIntN(32, crc))
      high[slice * 256 + byte] = Number(BigInt.asIntN(32, crc >> 32n))
    })
    row = row.map((crc) => (first[Number(crc & 0xffn)] ?? 0n) ^ (crc >> 8n))
  }
  tablesOf.set(name, { low, high })
  return { low, high }
}

function byteTable(polynomial: bigint): bigint[] {
  return Array.from({ length: 256 }, (_, byte) => {
    let crc = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ polynomial : crc >> 1n
    return crc
  })
}

/** A running CRC in two 32-bit halves: eight bytes a step. */
export class Crc {
  readonly #tables: Tables
  readonly #size: number
  #low = -1
  #high: number

  constructor(name: CrcName) {
    this.#tables = tables(name)
    this.#size = Number(crcPolynomials[name].width) / 8
    this.#high = this.#size === 8 ? -1 : 0
  }

  update(data: Uint8Array): void {
    const { low: l, high: h } = this.#tables
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    const whole = data.length - (data.length % SLICES)
    let low = this.#low
    let high = this.#high
    const at = (table: Int32Array, index: number): number => table[index] as number
    for (let i = 0; i < whole; i += SLICES) {
      const a = low ^ view.getInt32(i, true)
      const b = high ^ view.getInt32(i + 4, true)
      const i7 = 1792 + (a & 255)
      const i6 = 1536 + ((a >>> 8) & 255)
      const i5 = 1280 + ((a >>> 16) & 255)
      const i4 = 1024 + (a >>> 24)
      const i3 = 768 + (b & 255)
      const i2 = 512 + ((b >>> 8) & 255)
      const i1 = 256 + ((b >>> 16) & 255)
      const i0 = b >>> 24
      low = at(l, i7) ^ at(l, i6) ^ at(l, i5) ^ at(l, i4) ^ at(l, i3) ^ at(l, i2) ^ at(l, i1) ^ at(l, i0)
      high = at(h, i7) ^ at(h, i6) ^ at(h, i5) ^ at(h, i4) ^ at(h, i3) ^ at(h, i2) ^ at(h, i1) ^ at(h, i0)
    }
    for (let i = whole; i < data.length; i++) {
      const index = (low ^ view.getUint8(i)) & 255
      low = ((low >>> 8) | (high << 24)) ^ at(l, index)
      high = (high >>> 8) ^ at(h, index)
    }
    this.#low = low
    this.#high = high
  }

  /** Big-endian. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8)
    bytes.writeInt32BE(~this.#high, 0)
    bytes.writeInt32BE(~this.#low, 4)
    return bytes.subarray(8 - this.#size)
  }
}
