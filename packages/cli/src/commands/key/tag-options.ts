import { InvalidArgumentError } from 'commander'

export interface Tag {
  readonly TagKey: string
  readonly TagValue: string
}

/** `NAME=VALUE`, as often as it is given. */
export function collectTag(text: string, tags: readonly Tag[] = []): readonly Tag[] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected NAME=VALUE')
  return [...tags, { TagKey: text.slice(0, at), TagValue: text.slice(at + 1) }]
}
