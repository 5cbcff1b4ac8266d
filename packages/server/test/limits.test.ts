import { randomUUID } from 'node:crypto'
import { type ErrorCode, errorCatalogue } from '@hufu/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, type DialectName, type Told } from './support/ask.ts'
import { type Running, start } from './support/running.ts'

let running: Running
let KeyId: string
let signing: string
let mac: string
let disabled: string
let rotating: string
let manyKeys: readonly string[]
let manyDataKeys: readonly string[]

beforeAll(async () => {
  running = await start()
  const make = async (input: object) => (await running.keys.createKey(input)).keyId
  KeyId = await make({})
  signing = await make({ spec: 'ECC_NIST_P256', use: 'SIGN_VERIFY' })
  mac = await make({ spec: 'HMAC_256' })
  disabled = await make({})
  await running.keys.disableKey(disabled)
  rotating = await make({})
  manyKeys = await Promise.all(Array.from({ length: 101 }, () => make({})))
  const host = (name: string) => running.keys.hostDataKey({ keyId: KeyId, name })
  const hosted = await Promise.all(Array.from({ length: 101 }, (_, number) => host(`hosted-${number}`)))
  manyDataKeys = hosted.map(({ dataKeyId }) => dataKeyId)
})
afterAll(() => running?.close())

const bytes = (size: number): string => Buffer.alloc(size, 1).toString('base64')
const letters = (size: number): string => 'a'.repeat(size)
/** Three bytes of UTF-8 each. */
const characters = (bytes: number): string => `${'键'.repeat(Math.floor(bytes / 3))}${letters(bytes % 3)}`
const alias = (size: number): string => `${randomUUID().slice(0, 8)}${letters(size)}`.slice(0, size)
const tags = (count: number) => Array.from({ length: count }, (_, number) => ({ TagKey: `t${number}`, TagValue: 'v' }))
/** A JSON context of so many characters. */
const contextText = (size: number): string => `{"k":"${letters(size - 8)}"}`

interface Limit {
  readonly name: string
  readonly dialect: DialectName
  readonly action: string
  /** Bodies at the edges, which are taken. */
  readonly taken: () => readonly object[]
  /** Bodies one past them. */
  readonly refused: () => readonly object[]
  readonly error: ErrorCode
}

const limit = (
  dialect: DialectName,
  action: string,
  name: string,
  error: ErrorCode,
  taken: Limit['taken'],
  refused: Limit['refused'],
): Limit => ({ dialect, action, name, error, taken, refused })

const sized = (of: (size: number) => object, sizes: readonly number[]) => () => sizes.map(of)

const limits: readonly Limit[] = [
  ...(['aws', 'tencent'] as const).flatMap((dialect) => [
    limit(
      dialect,
      'Encrypt',
      'bytes of a plaintext',
      'PlaintextTooLarge',
      sized((size) => ({ KeyId, Plaintext: bytes(size) }), [1, 4096]),
      sized((size) => ({ KeyId, Plaintext: bytes(size) }), [0, 4097]),
    ),
    limit(
      dialect,
      'GenerateRandom',
      'bytes of chance',
      'InvalidParameter',
      sized((NumberOfBytes) => ({ NumberOfBytes }), [1, 1024]),
      sized((NumberOfBytes) => ({ NumberOfBytes }), [0, 1025, -1, 1.5]),
    ),
    limit(
      dialect,
      'GenerateDataKey',
      'bytes of a data key',
      'InvalidParameter',
      sized((NumberOfBytes) => ({ KeyId, NumberOfBytes }), [1, 1024]),
      sized((NumberOfBytes) => ({ KeyId, NumberOfBytes }), [0, 1025]),
    ),
  ]),
  limit(
    'tencent',
    'Encrypt',
    'characters of a context',
    'InvalidParameter',
    sized((size) => ({ KeyId, Plaintext: bytes(1), EncryptionContext: contextText(size) }), [9, 1024]),
    sized((size) => ({ KeyId, Plaintext: bytes(1), EncryptionContext: contextText(size) }), [1025]),
  ),
  limit(
    'aws',
    'Encrypt',
    'characters of a context',
    'InvalidParameter',
    sized((size) => ({ KeyId, Plaintext: bytes(1), EncryptionContext: { k: letters(size) } }), [1, 8184]),
    sized((size) => ({ KeyId, Plaintext: bytes(1), EncryptionContext: { k: letters(size) } }), [8185]),
  ),
  limit(
    'tencent',
    'CreateKey',
    'characters of an alias',
    'InvalidAlias',
    () => [{ Alias: alias(60) }],
    () => [{ Alias: '' }, { Alias: alias(61) }, { Alias: '键' }, { Alias: '_a' }, { Alias: 'kms-a' }, { Alias: 'a b' }],
  ),
  limit(
    'aws',
    'CreateAlias',
    'characters of an alias',
    'InvalidAlias',
    () => [{ AliasName: `alias/${alias(250)}`, TargetKeyId: KeyId }],
    () =>
      [`alias/${alias(251)}`, 'alias/', 'alias/aws/a', 'alias/键', 'name'].map((AliasName) => ({
        AliasName,
        TargetKeyId: KeyId,
      })),
  ),
  limit(
    'tencent',
    'UpdateKeyDescription',
    'bytes of a description',
    'InvalidParameter',
    sized((size) => ({ KeyId, Description: characters(size) }), [0, 1024]),
    sized((size) => ({ KeyId, Description: characters(size) }), [1025]),
  ),
  limit(
    'aws',
    'UpdateKeyDescription',
    'bytes of a description',
    'InvalidParameter',
    sized((size) => ({ KeyId, Description: characters(size) }), [0, 8192]),
    sized((size) => ({ KeyId, Description: characters(size) }), [8193]),
  ),
  limit(
    'tencent',
    'EnableKeyRotation',
    'days of a rotation',
    'InvalidParameter',
    sized((RotateDays) => ({ KeyId: rotating, RotateDays }), [7, 365]),
    sized((RotateDays) => ({ KeyId: rotating, RotateDays }), [6, 366, 7.5]),
  ),
  limit(
    'aws',
    'EnableKeyRotation',
    'days of a rotation',
    'InvalidParameter',
    sized((RotationPeriodInDays) => ({ KeyId: rotating, RotationPeriodInDays }), [7, 365]),
    sized((RotationPeriodInDays) => ({ KeyId: rotating, RotationPeriodInDays }), [6, 366]),
  ),
  ...(['aws', 'tencent'] as const).flatMap((dialect) =>
    [7, 30].map((edge) =>
      limit(
        dialect,
        'ScheduleKeyDeletion',
        `days of a window: ${edge}`,
        'InvalidPendingWindow',
        () => [{ KeyId: disabled, PendingWindowInDays: edge }],
        () => [{ KeyId: disabled, PendingWindowInDays: edge === 7 ? 6 : 31 }],
      ),
    ),
  ),
  ...(['DescribeKeys', 'EnableKeys', 'DisableKeys'] as const).map((action) =>
    limit(
      'tencent',
      action,
      'keys of a batch',
      'InvalidParameter',
      () => [{ KeyIds: manyKeys.slice(0, 1) }, { KeyIds: manyKeys.slice(0, 100) }],
      () => [{ KeyIds: [] }, { KeyIds: manyKeys }],
    ),
  ),
  limit(
    'tencent',
    'DescribeKeys',
    'a key of a batch, once',
    'DuplicateKeyId',
    () => [{ KeyIds: manyKeys.slice(0, 2) }],
    () => [{ KeyIds: [KeyId, KeyId] }],
  ),
  limit(
    'tencent',
    'DescribeDataKeys',
    'data keys of a batch',
    'InvalidParameter',
    () => [{ DataKeyIds: manyDataKeys.slice(0, 1) }, { DataKeyIds: manyDataKeys.slice(0, 100) }],
    () => [{ DataKeyIds: [] }, { DataKeyIds: manyDataKeys }],
  ),
  limit(
    'tencent',
    'DescribeDataKeys',
    'a data key of a batch, once',
    'DuplicateDataKeyId',
    () => [{ DataKeyIds: manyDataKeys.slice(0, 2) }],
    () => [{ DataKeyIds: [manyDataKeys[0], manyDataKeys[0]] }],
  ),
  ...(['ListKeys', 'ListKeyDetail', 'ListDataKeys', 'ListDataKeyDetail'] as const).map((action) =>
    limit(
      'tencent',
      action,
      'rows of a page, and where it begins',
      'InvalidParameter',
      () => [{ Limit: 1 }, { Limit: 200 }, { Offset: 0 }, { Offset: 2 ** 31 - 1 }],
      () => [{ Limit: 0 }, { Limit: 201 }, { Offset: -1 }, { Offset: 2 ** 31 }],
    ),
  ),
  limit(
    'aws',
    'ListKeys',
    'rows of a page',
    'InvalidParameter',
    sized((Limit) => ({ Limit }), [1, 1000]),
    sized((Limit) => ({ Limit }), [0, 1001]),
  ),
  limit(
    'aws',
    'ListAliases',
    'rows of a page',
    'InvalidParameter',
    sized((Limit) => ({ Limit }), [1, 100]),
    sized((Limit) => ({ Limit }), [0, 101]),
  ),
  limit(
    'aws',
    'ListResourceTags',
    'rows of a page',
    'InvalidParameter',
    sized((Limit) => ({ KeyId, Limit }), [1, 50]),
    sized((Limit) => ({ KeyId, Limit }), [0, 51]),
  ),
  limit(
    'aws',
    'ListKeys',
    'a marker of a page before',
    'InvalidMarker',
    () => [{}],
    () => [{ Marker: 'made up' }, { Marker: '' }],
  ),
  limit(
    'aws',
    'CreateKey',
    'tags',
    'InvalidParameter',
    sized((count) => ({ Tags: tags(count) }), [0, 50]),
    sized((count) => ({ Tags: tags(count) }), [51]),
  ),
  limit(
    'aws',
    'TagResource',
    'characters of a tag',
    'InvalidParameter',
    () => [{ KeyId, Tags: [{ TagKey: letters(128), TagValue: letters(256) }] }],
    () => [
      { KeyId, Tags: [{ TagKey: '', TagValue: '' }] },
      { KeyId, Tags: [{ TagKey: letters(129), TagValue: '' }] },
      { KeyId, Tags: [{ TagKey: 'a', TagValue: letters(257) }] },
    ],
  ),
  limit(
    'aws',
    'TagResource',
    'a tag, once',
    'DuplicateTag',
    () => [{ KeyId, Tags: [{ TagKey: 'a', TagValue: '1' }] }],
    () => [
      {
        KeyId,
        Tags: [
          { TagKey: 'a', TagValue: '1' },
          { TagKey: 'a', TagValue: '2' },
        ],
      },
    ],
  ),
  limit(
    'aws',
    'Sign',
    'bytes of a message',
    'InvalidParameter',
    sized((size) => ({ KeyId: signing, Message: bytes(size), SigningAlgorithm: 'ECDSA_SHA_256' }), [1, 4096]),
    sized((size) => ({ KeyId: signing, Message: bytes(size), SigningAlgorithm: 'ECDSA_SHA_256' }), [0, 4097]),
  ),
  limit(
    'tencent',
    'SignByAsymmetricKey',
    'bytes of a digest',
    'InvalidParameter',
    sized((size) => ({ KeyId: signing, Message: bytes(size), MessageType: 'DIGEST', Algorithm: 'ECC_P256_R1' }), [32]),
    sized(
      (size) => ({ KeyId: signing, Message: bytes(size), MessageType: 'DIGEST', Algorithm: 'ECC_P256_R1' }),
      [31, 33],
    ),
  ),
  limit(
    'aws',
    'GenerateMac',
    'bytes of a message',
    'InvalidParameter',
    sized((size) => ({ KeyId: mac, Message: bytes(size), MacAlgorithm: 'HMAC_SHA_256' }), [1, 4096]),
    sized((size) => ({ KeyId: mac, Message: bytes(size), MacAlgorithm: 'HMAC_SHA_256' }), [0, 4097]),
  ),
  limit(
    'tencent',
    'UpdateDataKeyDescription',
    'bytes of a description',
    'InvalidParameter',
    sized((size) => ({ DataKeyId: manyDataKeys[0], Description: characters(size) }), [0, 100]),
    sized((size) => ({ DataKeyId: manyDataKeys[0], Description: characters(size) }), [101]),
  ),
  limit(
    'tencent',
    'UpdateDataKeyName',
    'characters of a name',
    'InvalidDataKeyName',
    () => [{ DataKeyId: manyDataKeys[0], DataKeyName: alias(60) }],
    () => ['', alias(61), '名', '-a'].map((DataKeyName) => ({ DataKeyId: manyDataKeys[0], DataKeyName })),
  ),
  limit(
    'tencent',
    'ImportDataKey',
    'bytes of a data key from elsewhere',
    'InvalidParameter',
    () => [1, 1024].map((size) => ({ ...imported(size), KeyId })),
    () => [{ ...imported(1025), KeyId }],
  ),
  limit(
    'tencent',
    'BindCloudResource',
    'characters of a binding',
    'InvalidParameter',
    () => [{ KeyId, ProductId: letters(256), ResourceId: letters(256) }],
    () => [
      { KeyId, ProductId: '', ResourceId: 'a' },
      { KeyId, ProductId: letters(257), ResourceId: 'a' },
      { KeyId, ProductId: 'a', ResourceId: letters(257) },
    ],
  ),
]

const imported = (size: number) => ({ DataKeyName: alias(20), ImportKeyMaterial: bytes(size), ImportType: 2 })

describe.each(limits)('$dialect $action, $name', ({ dialect, action, error, taken, refused }) => {
  const told = (body: object): Promise<Told> => ask(dialect, running, { action, body })

  it('are taken up to the edge, and refused one past it', async () => {
    for (const body of taken()) {
      expect((await told(body)).error, JSON.stringify(body).slice(0, 120)).toBeNull()
      if (action === 'ScheduleKeyDeletion') await running.keys.cancelKeyDeletion(disabled)
    }
    const expected = errorCatalogue[error][dialect]
    for (const body of refused()) expect((await told(body)).error, JSON.stringify(body).slice(0, 120)).toBe(expected)
  })
})

describe('one value has one form', () => {
  const encrypt = (Plaintext: string) => ask('tencent', running, { action: 'Encrypt', body: { KeyId, Plaintext } })

  it.each([
    ['without its padding', 'cGxhaW4'],
    ['with too much padding', 'cGxhaW4=='],
    ['for URLs', '-_-_'],
    ['with a line in it', 'cGxh\naW4='],
    ['with a blank before it', ' cGxhaW4='],
    ['with spare bits', 'cGxhaW5='],
    ['of another alphabet', '5Lit5paH!'],
  ])('base64 %s is refused', async (_form, text) => {
    expect((await encrypt(text)).error).toBe(errorCatalogue.PlaintextTooLarge.tencent)
  })

  const encryptUnder = async (EncryptionContext: string) =>
    (await ask('tencent', running, { action: 'Encrypt', body: { KeyId, Plaintext: bytes(9), EncryptionContext } })).body

  const decryptUnder = async (CiphertextBlob: unknown, EncryptionContext: string) =>
    ask('tencent', running, { action: 'Decrypt', body: { CiphertextBlob, EncryptionContext } })

  it('a context is the same in any order and with any blanks, and no other is', async () => {
    const { CiphertextBlob } = await encryptUnder('{"a":"1","b":"二"}')
    for (const same of ['{"b":"二","a":"1"}', ' { "a" : "1", "b": "\\u4e8c" } '])
      expect((await decryptUnder(CiphertextBlob, same)).body).toMatchObject({ Plaintext: bytes(9) })
    for (const other of ['{"a":"1"}', '{"a":"1","b":"2"}', '{"A":"1","b":"二"}', '{"a":"1","b":"二","c":""}', ''])
      expect((await decryptUnder(CiphertextBlob, other)).error).toBe(errorCatalogue.DecryptionFailed.tencent)
  })

  it.each(['{"a":"1","a":"1"}', '{"a":"1","\\u0061":"2"}', '{"a":1}', '["a"]', '{"a":"1"', 'a', '{"":"1"}'])(
    'a context %s is refused',
    async (EncryptionContext) => {
      expect(await encryptUnder(EncryptionContext)).toMatchObject({
        Error: { Code: errorCatalogue.InvalidParameter.tencent },
      })
    },
  )
})
