import { InvalidArgumentError } from 'commander'

/** `NAME=VALUE`, given once for each pair. */
export function addContext(text: string, context: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Expected NAME=VALUE.')
  return { ...context, [text.slice(0, at)]: text.slice(at + 1) }
}

export const addTo = (text: string, list: readonly string[] = []): readonly string[] => [...list, text]
