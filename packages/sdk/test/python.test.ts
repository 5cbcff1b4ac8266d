import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { DecryptionError } from '@hufu/crypto'
import type { KeyService } from '@hufu/wire'
import { describe, expect, it } from 'vitest'
import { Hufu, inspect } from '../src/index.ts'

const script = fileURLToPath(new URL('../../../test/python/sealed_message.py', import.meta.url))
/** Debian's own, which has python3-cryptography. */
const python = (args: readonly string[], input: Uint8Array): Buffer =>
  execFileSync('/usr/bin/python3', [script, ...args], { input, maxBuffer: 2 ** 26, stdio: ['pipe', 'pipe', 'pipe'] })

/** A key service that wraps by telling: what it wrapped can be read off the message. */
const told: KeyService = {
  generateDataKey: async ({ keyId }) => {
    const plaintext = randomBytes(32)
    return { plaintext, ciphertext: Uint8Array.from(plaintext), keyId }
  },
  encrypt: async ({ keyId, plaintext }) => ({ ciphertext: Uint8Array.from(plaintext), keyId }),
  decrypt: async ({ ciphertext, keyId = '' }) => ({ plaintext: Uint8Array.from(ciphertext), keyId }),
  reEncrypt: () => Promise.reject(new Error('not asked for')),
}
const hufu = new Hufu({ regions: [{ name: 'r', provider: 'unsafe-static', keys: told }] })
const context = { film: '七人の侍', year: '1954', '': 'empty name' }
const contextArgs = ['--context', JSON.stringify(context)]

interface Seen {
  readonly recipients: readonly { readonly wrappedKey: string }[]
}
const wrappedKeys = (sealed: Uint8Array): string[] =>
  (JSON.parse(python(['inspect'], sealed).toString()) as Seen).recipients.map(({ wrappedKey }) => wrappedKey)
const keyArgs = (keys: readonly string[]): string[] => keys.flatMap((key) => ['--key', key])
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const cases = [
  ['aes', 1, [0, 1, 5_000, 65_536, 65_537, 1_000_003]],
  ['gm', 2, [0, 1, 5_000, 65_537]],
] as const

describe.each(cases)('the independent implementation, suite %s', (suite, number, sizes) => {
  it.each(sizes)('opens what the SDK sealed, %i bytes', async (size) => {
    const plaintext = randomBytes(size)
    const sealed = await hufu.encrypt(plaintext, { keys: ['k1', 'k2'], context, suite })
    const [first = '', second = ''] = wrappedKeys(sealed)
    expect(second).toBe(first)
    expect(same(python(['open', ...keyArgs([first]), ...contextArgs], sealed), plaintext)).toBe(true)
  })

  it.each(sizes)('seals what the SDK opens, %i bytes', async (size) => {
    const plaintext = randomBytes(size)
    const key = randomBytes(32).toString('hex')
    const recipients = [{ provider: 'unsafe-static', region: 'r', keyId: 'k', wrappedKey: key }]
    const options = ['--suite', String(number), '--segment-size', '12', '--recipients', JSON.stringify(recipients)]
    const sealed = python(['seal', ...keyArgs([key]), ...contextArgs, ...options], plaintext)
    expect(await inspect(sealed)).toMatchObject({ segmentSize: 4096, plaintextSize: size, context })
    expect(same(await hufu.decrypt(sealed, { context }), plaintext)).toBe(true)
    await expect(hufu.decrypt(sealed.subarray(0, -1), { context })).rejects.toThrow(DecryptionError)
  })
})

it('puts shares together as the SDK cut them', async () => {
  const sealed = await hufu.encrypt('the order', { keys: ['k1', 'k2', 'k3'], context, threshold: 2 })
  const [a = '', b = '', c = ''] = wrappedKeys(sealed)
  for (const pair of [
    [a, b],
    [b, c],
    [c, a],
  ])
    expect(python(['open', ...keyArgs(pair), ...contextArgs], sealed).toString()).toBe('the order')
  expect(() => python(['open', ...keyArgs([a]), ...contextArgs], sealed)).toThrow('refused')
})

it('refuses what the SDK refuses', async () => {
  const sealed = await hufu.encrypt(randomBytes(70_000), { keys: ['k'], context })
  const key = keyArgs(wrappedKeys(sealed))
  const { headerSize } = await inspect(sealed)
  const payload = sealed.subarray(headerSize)
  const swapped = Buffer.concat([sealed.subarray(0, headerSize), payload.subarray(65_552), payload.subarray(0, 65_552)])
  const damaged = [
    sealed.subarray(0, -1),
    sealed.subarray(0, headerSize + 65_552),
    Buffer.concat([sealed, Buffer.of(0)]),
    swapped,
  ]
  for (let at = 0; at < headerSize; at += 23) {
    const flipped = Buffer.from(sealed)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    damaged.push(flipped)
  }
  for (const bytes of damaged) {
    expect(() => python(['open', ...key, ...contextArgs], bytes)).toThrow('refused')
    await expect(hufu.decrypt(bytes, { context })).rejects.toThrow(DecryptionError)
  }
})
