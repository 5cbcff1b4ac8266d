import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Hufu } from '@hufu/sdk'
import { aws } from './aws-client.ts'

/** Bytes of a chunk, as a fast file or socket gives them. */
const CHUNK = 2 ** 20
const context = { bench: 'stream' }

const chunk = Buffer.alloc(CHUNK, 0x5a)
const source = (bytes: number): Readable => Readable.from(Array.from({ length: bytes / CHUNK }, () => chunk))
const fromChunks = (chunks: readonly Buffer[]): Readable => Readable.from(chunks)

async function drained(stream: NodeJS.ReadableStream): Promise<void> {
  await pipeline(stream, new Writable({ write: (_chunk, _encoding, done) => done() }))
}

async function gathered(stream: NodeJS.ReadableStream): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for await (const piece of stream) chunks.push(piece as Buffer)
  return chunks
}

export interface StreamWork {
  /** Seals so many bytes, memory to nowhere. */
  seal(): Promise<number>
  open(): Promise<number>
}

/** What a reader does that is done with a chunk before it asks for the next one. */
async function read(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _chunk of stream);
}

export interface HufuStreamOptions {
  readonly suite: 'aes' | 'gm'
  /** Whether the memory of a chunk is used again, or chunks may be kept. */
  readonly reuse: boolean
}

export async function hufuStreams(hufu: Hufu, bytes: number, { suite, reuse }: HufuStreamOptions): Promise<StreamWork> {
  const options = { context, parallel: true, reuse }
  const seal = (more = options) => hufu.encrypt(source(bytes), { keys: ['key'], suite, ...more })
  const sealed = await gathered(await seal({ ...options, reuse: false }))
  const end = reuse ? read : drained
  return {
    async seal() {
      await end(await seal())
      return bytes
    },
    async open() {
      await end(await hufu.decrypt(fromChunks(sealed), options))
      return bytes
    },
  }
}

export async function awsStreams(bytes: number): Promise<StreamWork> {
  const sealed = await gathered(source(bytes).pipe(aws.sealStream()))
  return {
    async seal() {
      await drained(source(bytes).pipe(aws.sealStream()))
      return bytes
    },
    async open() {
      await drained(fromChunks(sealed).pipe(aws.openStream()))
      return bytes
    },
  }
}
