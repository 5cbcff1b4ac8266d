import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Sm2PrivateKey, sm2Decrypt, sm2Encrypt, sm2Sign, sm2Verify } from '@hufu/crypto'
import { sm2 as smCrypto } from 'sm-crypto'
import type { Area } from '../area.ts'

type PerSecond = Record<'sign' | 'verify' | 'encrypt' | 'decrypt', number>

/** SM2 against `openssl speed sm2` and against sm-crypto, in rounds one after another; medians of the rounds. */
export const sm2: Area = async ({ quick }) => {
  const seconds = quick ? 1 : 3
  const rounds = Array.from({ length: quick ? 1 : 3 }, () => ({
    ours: ours(seconds),
    openssl: openssl(seconds),
    smCrypto: theirs(seconds),
  }))
  const median = (pick: (round: (typeof rounds)[number]) => number): number =>
    rounds.map(pick).sort((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN
  return {
    ratios: {
      sm2sign_over_openssl: median((r) => r.ours.sign / r.openssl.sign),
      sm2verify_over_openssl: median((r) => r.ours.verify / r.openssl.verify),
      sm2encrypt_over_smcrypto: median((r) => r.ours.encrypt / r.smCrypto.encrypt),
      sm2decrypt_over_smcrypto: median((r) => r.ours.decrypt / r.smCrypto.decrypt),
      sm2sign_over_smcrypto: median((r) => r.ours.sign / r.smCrypto.sign),
      sm2verify_over_smcrypto: median((r) => r.ours.verify / r.smCrypto.verify),
    },
    figures: {
      sm2sign_per_s: median((r) => r.ours.sign),
      sm2verify_per_s: median((r) => r.ours.verify),
      sm2encrypt_per_s: median((r) => r.ours.encrypt),
      sm2decrypt_per_s: median((r) => r.ours.decrypt),
      openssl_sm2sign_per_s: median((r) => r.openssl.sign),
      openssl_sm2verify_per_s: median((r) => r.openssl.verify),
      smcrypto_encrypt_per_s: median((r) => r.smCrypto.encrypt),
      smcrypto_decrypt_per_s: median((r) => r.smCrypto.decrypt),
    },
  }
}

/** Seconds of processor time that this process has used: what `openssl speed` counts by, too. */
function used(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Calls in a second of processor time. */
function rate(seconds: number, call: () => unknown): number {
  call()
  const start = used()
  let calls = 0
  for (; used() - start < seconds; calls++) call()
  return calls / (used() - start)
}

/** 32 bytes, what a data key or a digest has. */
const message = randomBytes(32)

function ours(seconds: number): PerSecond {
  using key = Sm2PrivateKey.generate()
  const signature = sm2Sign(key, message)
  const ciphertext = sm2Encrypt(key.publicKey, message)
  return {
    sign: rate(seconds, () => sm2Sign(key, message)),
    verify: rate(seconds, () => sm2Verify(key.publicKey, message, signature)),
    encrypt: rate(seconds, () => sm2Encrypt(key.publicKey, message)),
    decrypt: rate(seconds, () => sm2Decrypt(key, ciphertext)),
  }
}

function theirs(seconds: number): PerSecond {
  const { privateKey, publicKey } = smCrypto.generateKeyPairHex()
  const ciphertext = smCrypto.doEncrypt(message, publicKey, 1)
  const sign = (): string => smCrypto.doSignature(message, privateKey, { hash: true, publicKey })
  const signature = sign()
  return {
    sign: rate(seconds, sign),
    verify: rate(seconds, () => smCrypto.doVerifySignature(message, signature, publicKey, { hash: true })),
    encrypt: rate(seconds, () => smCrypto.doEncrypt(message, publicKey, 1)),
    decrypt: rate(seconds, () => smCrypto.doDecrypt(ciphertext, privateKey, 1, { output: 'array' })),
  }
}

/** From its last line: ` 256 bits SM2 (CurveSM2)   0.0003s   0.0002s   3890.0   4198.0`. */
function openssl(seconds: number): Pick<PerSecond, 'sign' | 'verify'> {
  const output = execFileSync('openssl', ['speed', '-seconds', String(seconds), 'sm2'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const match = /CurveSM2\)\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)/.exec(output)
  if (match === null) throw new Error(`expected the speeds of SM2 from openssl, received ${JSON.stringify(output)}`)
  return { sign: Number(match[1]), verify: Number(match[2]) }
}
