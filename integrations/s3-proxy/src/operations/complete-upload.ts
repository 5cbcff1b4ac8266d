import { DecryptionError } from '@hufu/crypto'
import { z } from 'zod'
import type { Checksum } from '../checksum/checksum.ts'
import { wholeChecksum } from '../checksum/whole-checksum.ts'
import { S3Error } from '../error.ts'
import { sealTail } from '../format/manifest.ts'
import { openPartToken, type PartToken } from '../format/part-token.ts'
import { PART_SIZE_MIN, sealedPartSize } from '../format/size.ts'
import { header } from '../http/s3-request.ts'
import { parseXml, toXml } from '../http/xml.ts'
import { type OpenUpload, openUpload } from '../object/upload.ts'
import type { Body, ObjectStore } from '../store/object-store.ts'
import { checksumElement, checksumText } from './checksum-headers.ts'
import { unquote, writeCondition } from './conditions.ts'
import { encryptionHeaders } from './encryption.ts'
import type { Answer, Call } from './operation.ts'
import { readText, TEXT_MAX } from './read-text.ts'

/** CompleteMultipartUpload: the last backend part ends with manifest and trailer, then the backend joins them. */
export async function completeUpload(call: Call): Promise<Answer> {
  const { proxy, request, user, name } = call
  const condition = writeCondition(request)
  const asked = await readParts(call)
  using upload = await openUpload(proxy, user, name, request.query.get('uploadId') ?? '')
  const parts = await knownParts(proxy.store, upload, asked)
  checkOrder(parts)
  const checksum = checksumOf(call, upload, parts)
  const tail = sealTail(upload.key, {
    parts: parts.map(({ token }) => token.entry),
    checksum,
    checksumType: checksum === null ? null : upload.state.type,
  })
  const joined = await closeObject(proxy.store, upload, parts, tail)
  const { etag } = await proxy.store.completeUpload(upload.stored, joined, condition)
  const result = {
    Location: `/${name.bucket}/${name.key}`,
    Bucket: name.bucket,
    Key: name.key,
    ETag: `"${etag}"`,
    ...checksumElement(checksum, upload.state.type, parts.length),
  }
  const body = toXml('CompleteMultipartUploadResult', result)
  return { status: 200, headers: encryptionHeaders(upload.cmk), body }
}

const Checksums = {
  ChecksumCRC32: z.string().optional(),
  ChecksumCRC32C: z.string().optional(),
  ChecksumCRC64NVME: z.string().optional(),
  ChecksumSHA1: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
}
const Part = z.object({
  PartNumber: z
    .string()
    .regex(/^\s*\d{1,5}\s*$/)
    .transform(Number),
  ETag: z.string(),
  ...Checksums,
})
const Complete = z.object({ Part: z.array(Part).min(1).max(10_000) })

type AskedPart = z.infer<typeof Part>

async function readParts({ body }: Call): Promise<readonly AskedPart[]> {
  const content = parseXml(await readText(body(), TEXT_MAX), 'CompleteMultipartUpload')
  const parsed = Complete.safeParse(content)
  if (!parsed.success)
    throw new S3Error('MalformedXML', 'expected 1 to 10,000 elements Part with PartNumber and ETag', {
      cause: parsed.error,
    })
  return parsed.data.Part
}

interface KnownPart {
  readonly etag: string
  readonly token: PartToken
}

/** An upload that is no more says so, rather than that its parts are wrong. */
async function knownParts(store: ObjectStore, upload: OpenUpload, asked: readonly AskedPart[]): Promise<KnownPart[]> {
  try {
    return asked.map((part) => knownPart(upload, part))
  } catch (error) {
    await store.listParts(upload.stored)
    throw error
  }
}

/** Reads the token in the ETag that this part was answered with. */
function knownPart(upload: OpenUpload, asked: AskedPart): KnownPart {
  const etag = unquote(asked.ETag)
  const dot = etag.lastIndexOf('.')
  try {
    const token = openPartToken(upload.key, asked.PartNumber, etag.slice(dot + 1))
    checkClaim(asked, token.entry.checksum)
    return { etag: etag.slice(0, dot), token }
  } catch (cause) {
    if (!(cause instanceof DecryptionError)) throw cause
    const expected = `expected the ETag that part ${asked.PartNumber} was answered with`
    throw new S3Error('InvalidPart', expected, { cause })
  }
}

function checkClaim(asked: AskedPart, checksum: Checksum | null): void {
  if (checksum === null) return
  const claimed = asked[`Checksum${checksum.algorithm}`]
  if (claimed !== undefined && claimed.trim() !== checksumText(checksum, null, 1))
    throw new S3Error('InvalidPart', `the ${checksum.algorithm} of part ${asked.PartNumber} is another one`)
}

function checkOrder(parts: readonly KnownPart[]): void {
  parts.forEach(({ token: { entry } }, i) => {
    const next = parts[i + 1]?.token.entry
    if (next === undefined) return
    if (next.number <= entry.number) throw new S3Error('InvalidPartOrder', 'expected the parts in ascending order')
    if (entry.size < PART_SIZE_MIN)
      throw new S3Error('EntityTooSmall', `expected 5 MiB or more in part ${entry.number}, which is not the last`)
  })
}

function checksumOf(call: Call, upload: OpenUpload, parts: readonly KnownPart[]): Checksum | null {
  const { algorithm, type } = upload.state
  if (algorithm === null || type === null) return null
  const checksum = wholeChecksum(
    algorithm,
    type,
    parts.map(({ token }) => token.entry),
  )
  const claimed = wholeClaim(call)
  if (checksum !== null && claimed !== undefined && claimed !== checksumText(checksum, type, parts.length))
    throw new S3Error('BadDigest', `the ${algorithm} of the object is not the one given`)
  return checksum
}

/** The checksum of the whole in the headers, where the client gives one; a composite one has the number of parts behind it. */
function wholeClaim({ request }: Call): string | undefined {
  const name = Object.keys(request.headers).find((one) => /^x-amz-checksum-(crc|sha)/.test(one))
  return name === undefined ? undefined : header(request, name)
}

/** Stores the final backend part; returns the parts that make the object. */
async function closeObject(store: ObjectStore, upload: OpenUpload, parts: readonly KnownPart[], tail: Buffer) {
  const joined = parts.map(({ etag, token }) => ({ number: token.entry.number, etag }))
  const last = parts.at(-1)
  if (last === undefined) return joined
  const { number, size } = last.token.entry
  if (!last.token.staged) {
    const final = { number: number + 1, kind: 'final' as const, size: tail.length, note: () => '' }
    return [...joined, { number: number + 1, etag: await store.putPart(upload.stored, final, once(tail)) }]
  }
  const staged = await store.openStaged(upload.stored, { number, etag: last.etag })
  const final = { number, kind: 'final' as const, size: sealedPartSize(size) + tail.length, note: () => '' }
  const etag = await store.putPart(upload.stored, final, followedBy(staged, tail))
  return [...joined.slice(0, -1), { number, etag }]
}

async function* once(bytes: Buffer): Body {
  yield bytes
}

async function* followedBy(body: Body, bytes: Buffer): Body {
  yield* body
  yield bytes
}
