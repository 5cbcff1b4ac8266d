import type { HeaderOptions, Secret } from '../../src/index.ts'
import { patterned } from '../changes.ts'
import {
  type Broken,
  type Field,
  fieldBreakages,
  fieldsInOrder,
  fromHex,
  type GoldenFile,
  hex,
  pieceBreakages,
} from './artefact.ts'
import type { Implementation } from './implementations.ts'

export interface GoldenMessage {
  readonly name: string
  readonly suite: 'aes' | 'gm'
  readonly dataKey: string
  readonly salt: string
  readonly segmentSize: number
  readonly context: Readonly<Record<string, string>>
  readonly threshold: number
  readonly recipients: readonly { provider: string; region: string; keyId: string; wrappedKey: string }[]
  /** Byte i of the plaintext is (31 i + 17 floor(i / 256) + floor(i / 65,536)) mod 256. */
  readonly plaintextSize: number
  readonly message: string
}

const recipient = {
  provider: 'hufu',
  region: 'local-1',
  keyId: '0190a3f0-0000-7000-8000-000000000001',
  wrappedKey: 'ab'.repeat(86),
}
const others = [
  recipient,
  { provider: 'aws', region: 'eu-central-1', keyId: 'arn:aws:kms:eu-central-1:000000000001:key/x', wrappedKey: 'cd' },
  { provider: 'tencent', region: '北京', keyId: 'k', wrappedKey: 'ef'.repeat(6_144) },
]

const cases = [
  { name: 'empty', plaintextSize: 0 },
  { name: 'one byte', plaintextSize: 1 },
  { name: '5,000 bytes', plaintextSize: 5_000, segmentSize: 65_536 },
  { name: 'one full segment', plaintextSize: 4_096 },
  { name: 'four segments', plaintextSize: 12_300, context: { purpose: 'golden', 名: '虎符', '': '' } },
  { name: 'two of three', plaintextSize: 10, recipients: others, threshold: 2 },
]

const defaults = { segmentSize: 4_096, context: {}, recipients: [recipient], threshold: 1 }

export function makeMessages(crypto: Implementation): GoldenFile<GoldenMessage> {
  const good = (['aes', 'gm'] as const).flatMap((suite) =>
    cases.map((each, i) => {
      const dataKey = hex(new Uint8Array(32).fill(0x10 + i))
      const salt = hex(new Uint8Array(32).fill(0x20 + i))
      const recipe = { ...defaults, ...each, name: `${suite}, ${each.name}`, suite, dataKey, salt, message: '' }
      return { ...recipe, message: hex(sealGoldenMessage(crypto, recipe)) }
    }),
  )
  return {
    comment: 'Sealed messages of format version 1, docs/formats/sealed-message.md. Bytes are in hexadecimal.',
    good,
    broken: good.flatMap(breakages),
  }
}

export function sealGoldenMessage(crypto: Implementation, recipe: GoldenMessage): Uint8Array {
  using dataKey = goldenDataKey(crypto, recipe)
  const options: HeaderOptions = {
    suite: crypto.suites[recipe.suite],
    segmentSize: recipe.segmentSize,
    context: recipe.context,
    threshold: recipe.threshold,
    recipients: recipe.recipients.map((each) => ({ ...each, wrappedKey: fromHex(each.wrappedKey) })),
    unsafeSalt: fromHex(recipe.salt),
  }
  return crypto.sealMessage(dataKey, options, patterned(recipe.plaintextSize))
}

export const goldenDataKey = (crypto: Implementation, { dataKey }: GoldenMessage): Secret =>
  crypto.Secret.take(fromHex(dataKey))

function breakages(good: GoldenMessage): Broken[] {
  const bytes = fromHex(good.message)
  const fields = messageFields(good, bytes)
  const extended: Broken = {
    name: `${good.name}: a byte appended`,
    of: good.name,
    splices: [[bytes.length, 0, '00']],
  }
  const context: Broken = {
    name: `${good.name}: another context`,
    of: good.name,
    splices: [],
    as: { context: { x: 'y' } },
  }
  const pieces =
    good.plaintextSize > 2 * good.segmentSize
      ? pieceBreakages(good.name, bytes, headerEnd(bytes), good.segmentSize + 16)
      : []
  return [...fieldBreakages(good.name, bytes, fields), extended, context, ...pieces]
}

function messageFields(good: GoldenMessage, bytes: Uint8Array): Field[] {
  const head: [string, number][] = [
    ['magic', 4],
    ['format version', 1],
    ['suite', 1],
    ['segment size', 1],
    ['flags', 1],
    ['salt', 32],
    ['threshold', 1],
    ['recipient count', 1],
    ['context size', 2],
    ['recipients size', 4],
    ['context', view(bytes).getUint16(42)],
    ...good.recipients.flatMap(({ provider, region, keyId, wrappedKey }, i): [string, number][] => [
      [`size of provider ${i}`, 1],
      [`provider ${i}`, provider.length],
      [`size of region ${i}`, 1],
      [`region ${i}`, Buffer.byteLength(region)],
      [`size of key id ${i}`, 2],
      [`key id ${i}`, keyId.length],
      [`size of wrapped key ${i}`, 2],
      [`wrapped key ${i}`, wrappedKey.length / 2],
    ]),
    ['header MAC', 32],
  ]
  const last = good.plaintextSize - Math.max(0, Math.ceil(good.plaintextSize / good.segmentSize) - 1) * good.segmentSize
  const many = good.plaintextSize > good.segmentSize
  const payload: [string, number][] = many ? [['first segment', good.segmentSize + 16]] : []
  const tail = bytes.length - 16 - last
  const ciphertext = last > 0 ? [{ name: 'last ciphertext', at: tail, size: last }] : []
  return [...fieldsInOrder([...head, ...payload]), ...ciphertext, { name: 'last tag', at: bytes.length - 16, size: 16 }]
}

const headerEnd = (bytes: Uint8Array): number => 48 + view(bytes).getUint16(42) + view(bytes).getUint32(44) + 32

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
