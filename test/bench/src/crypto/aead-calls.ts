// Runs by itself: aead-calls.js SECONDS THREADS NAME... prints, for each named call, its bytes a second as JSON.
import { createCipheriv, randomBytes } from 'node:crypto'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type AeadAlgorithm, aead, Secret, sealBatch } from '@hufu/crypto'

/** A call, and the bytes of plaintext that it deals with. */
interface Call {
  readonly size: number
  readonly run: () => unknown
}

const keySizes: Record<AeadAlgorithm, number> = { 'AES-256-GCM': 32, 'SM4-GCM': 16 }
const nonce = randomBytes(12)
const aad = randomBytes(16)
const batchCount = 1000

function sealing(algorithm: AeadAlgorithm, size: number): Call {
  const cipher = aead(algorithm, Secret.random(keySizes[algorithm]))
  const plaintext = randomBytes(size)
  if (size <= 1024) return { size, run: () => cipher.seal(nonce, aad, plaintext) }
  const into = new Uint8Array(size + 16)
  return { size, run: () => cipher.seal(nonce, aad, plaintext, into) }
}

function opening(algorithm: AeadAlgorithm, size: number): Call {
  const cipher = aead(algorithm, Secret.random(keySizes[algorithm]))
  const sealed = cipher.seal(nonce, aad, randomBytes(size), new Uint8Array(size + 16))
  if (size <= 1024) return { size, run: () => cipher.open(nonce, aad, sealed) }
  const into = new Uint8Array(size)
  return { size, run: () => cipher.open(nonce, aad, sealed, into) }
}

function batch(algorithm: AeadAlgorithm, size: number): Call {
  const cipher = aead(algorithm, Secret.random(keySizes[algorithm]))
  const nonces = randomBytes(12 * batchCount)
  const values = randomBytes(size * batchCount)
  const ends = Uint32Array.from({ length: batchCount }, (_, i) => size * (i + 1))
  return { size: size * batchCount, run: () => sealBatch(cipher, { nonces, aad, values, ends }) }
}

function createcipheriv(size: number): Call {
  const key = randomBytes(32)
  const plaintext = randomBytes(size)
  const run = () => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    cipher.setAAD(aad)
    return [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]
  }
  return { size, run }
}

/** `seal AES-256-GCM 64`, `open …`, `batch …`, `createcipheriv 64` */
function callNamed(name: string): Call {
  const [kind, ...rest] = name.split(' ')
  const size = Number(rest.at(-1))
  if (kind === 'createcipheriv') return createcipheriv(size)
  const algorithm = rest[0] === 'SM4-GCM' ? 'SM4-GCM' : 'AES-256-GCM'
  return (kind === 'seal' ? sealing : kind === 'open' ? opening : batch)(algorithm, size)
}

/** Alone, time is the processor's, as `openssl speed` counts; several threads need the clock on the wall. */
function now(threads: number): number {
  if (threads > 1) return performance.now() / 1000
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

function rate({ size, run }: Call, seconds: number, threads: number): number {
  const each = Math.max(1, Math.floor(262_144 / size))
  for (let i = 0; i < each; i++) run()
  const start = now(threads)
  let calls = 0
  while (now(threads) - start < seconds) {
    for (let i = 0; i < each; i++) run()
    calls += each
  }
  return (calls * size) / (now(threads) - start)
}

const rates = (names: readonly string[], seconds: number, threads: number): number[] =>
  names.map((name) => rate(callNamed(name), seconds, threads))

function inWorker(data: unknown): Promise<number[]> {
  const worker = new Worker(new URL(import.meta.url), { workerData: data })
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
}

if (isMainThread) {
  const [seconds = 1, threads = 1] = process.argv.slice(2, 4).map(Number)
  const names = process.argv.slice(4)
  const each =
    threads === 1
      ? [rates(names, seconds, 1)]
      : await Promise.all(Array.from({ length: threads }, () => inWorker({ names, seconds, threads })))
  const sums = names.map((_, i) => each.reduce((sum, one) => sum + (one[i] ?? Number.NaN), 0))
  console.log(JSON.stringify(Object.fromEntries(names.map((name, i) => [name, sums[i]]))))
} else {
  parentPort?.postMessage(rates(workerData.names, workerData.seconds, workerData.threads))
}
