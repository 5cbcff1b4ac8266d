import { HufuError } from '@hufu/wire'
import { PolicyError, type PolicyKind, parsePolicy } from '../policy/index.ts'

const NAME = /^[\w+=,.@-]{1,64}$/
const POLICY_NAME = /^[\w+=,.@-]{1,128}$/
const PATH = /^\/(?:[\x21-\x2e\x30-\x7e]+\/)*$/
const MAX_PATH = 512
const MAX_TAGS = 50

/** A user's uin is no user's name, or a policy that names the one would mean the other. */
const UIN = /^\d{12}$/

export function checkName(name: string): string {
  if (NAME.test(name) && !UIN.test(name)) return name
  throw invalid(`expected a name of 1 to 64 letters, digits and +=,.@-_, received ${JSON.stringify(name.slice(0, 80))}`)
}

export function checkPolicyName(name: string): string {
  if (POLICY_NAME.test(name)) return name
  throw invalid(
    `expected a policy name of 1 to 128 letters, digits and +=,.@-_, received ${JSON.stringify(name.slice(0, 140))}`,
  )
}

export const isPath = (path: string): boolean => path.length <= MAX_PATH && PATH.test(path)

export function checkPath(path: string = '/'): string {
  if (isPath(path)) return path
  throw invalid(`expected a path that begins and ends with "/", received ${JSON.stringify(path.slice(0, 80))}`)
}

export function checkEntityTags(tags: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const pairs = Object.entries(tags)
  if (pairs.length > MAX_TAGS) throw invalid(`expected at most ${MAX_TAGS} tags, received ${pairs.length}`)
  for (const [name, value] of pairs)
    if (name.length < 1 || name.length > 128 || value.length > 256)
      throw invalid('expected a tag of a key of 1 to 128 characters and a value of at most 256')
  return tags
}

export const withoutTags = (tags: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(tags).filter(([tag]) => !names.includes(tag)))

/** The document as it was given. Throws `MalformedPolicyDocument` with the path of the fault. */
export function checkPolicy(document: string, kind: PolicyKind): string {
  try {
    parsePolicy(document, kind)
    return document
  } catch (cause) {
    if (cause instanceof PolicyError) throw new HufuError('MalformedPolicyDocument', cause.message, { cause })
    throw cause
  }
}

export function checkSeconds(seconds: number, min: number, max: number): number {
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return seconds
  throw invalid(`expected ${min} to ${max} seconds, received ${seconds}`)
}

export const invalid = (message: string): HufuError => new HufuError('InvalidParameter', message)

export const noEntity = (what: string, name: string): HufuError =>
  new HufuError('NoSuchEntity', `expected a ${what} that exists, received ${JSON.stringify(name.slice(0, 200))}`)

export const exists = (what: string, name: string): HufuError =>
  new HufuError('EntityAlreadyExists', `expected a new name of a ${what}, received ${name}`)

export const conflict = (message: string): HufuError => new HufuError('DeleteConflict', message)

export const limit = (message: string): HufuError => new HufuError('IdentityLimit', message)
