/** Replaces `remove` bytes from `at` on by the bytes in hexadecimal. */
export type Splice = readonly [at: number, remove: number, insert: string]

/** Something that must be refused: a good artefact changed by the splices, one after another, or opened as something else. */
export interface Broken {
  readonly name: string
  readonly of: string
  readonly splices: readonly Splice[]
  /** What it is opened as, where that is not what it was sealed as. */
  readonly as?: Readonly<Record<string, unknown>>
}

export interface GoldenFile<Good extends { readonly name: string }> {
  readonly comment: string
  readonly good: readonly Good[]
  readonly broken: readonly Broken[]
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
export const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))

/** The bytes after the splices. */
export const spliced = (bytes: Uint8Array, splices: readonly Splice[]): Uint8Array =>
  splices.reduce<Uint8Array>(
    (now, [at, remove, insert]) =>
      new Uint8Array(Buffer.concat([now.subarray(0, at), fromHex(insert), now.subarray(at + remove)])),
    bytes,
  )

/** A named run of bytes of a format. */
export interface Field {
  readonly name: string
  readonly at: number
  readonly size: number
}

/** The lowest and highest bit of each field changed, and the artefact cut before, within and behind each field. */
export function fieldBreakages(of: string, bytes: Uint8Array, fields: readonly Field[]): Broken[] {
  return fields.flatMap(({ name, at, size }) => [
    { name: `${of}: ${name}, highest bit changed`, of, splices: [flip(bytes, at, 0x80)] },
    { name: `${of}: ${name}, lowest bit changed`, of, splices: [flip(bytes, at + size - 1, 1)] },
    ...[...new Set([at, at + (size >> 1)])].map((end) => ({
      name: `${of}: cut in ${name}, to ${end} bytes`,
      of,
      splices: [[end, bytes.length - end, ''] as Splice],
    })),
  ])
}

/** Equal-sized pieces at the end of an artefact, swapped, dropped, repeated, appended. */
export function pieceBreakages(of: string, bytes: Uint8Array, start: number, size: number): Broken[] {
  const piece = (i: number): string => hex(bytes.subarray(start + i * size, start + (i + 1) * size))
  const splices: Record<string, Splice> = {
    'first two pieces swapped': [start, 2 * size, piece(1) + piece(0)],
    'first piece dropped': [start, size, ''],
    'second piece dropped': [start + size, size, ''],
    'first piece repeated': [start, 0, piece(0)],
    'first piece in the place of the second': [start + size, size, piece(0)],
  }
  return Object.entries(splices).map(([name, splice]) => ({ name: `${of}: ${name}`, of, splices: [splice] }))
}

function flip(bytes: Uint8Array, at: number, mask: number): Splice {
  return [at, 1, hex(Uint8Array.of((bytes[at] ?? 0) ^ mask))]
}

/** Fields that follow each other from the front; those of no bytes are left out. */
export function fieldsInOrder(sizes: readonly (readonly [name: string, size: number])[]): Field[] {
  let end = 0
  const fields = sizes.map(([name, size]) => {
    end += size
    return { name, at: end - size, size }
  })
  return fields.filter(({ size }) => size > 0)
}
