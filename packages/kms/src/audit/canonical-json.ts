/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined }

/**
 * RFC 8785: names in order of their UTF-16 units, no white space, strings and numbers as ECMAScript writes them. Lone
 * surrogates, which it has no form for, become U+FFFD. Names whose value is undefined are left out.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(wellFormed(value))
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as { readonly [name: string]: Json | undefined }
  let text = ''
  for (const name of Object.keys(object).sort()) {
    const inner = object[name]
    if (inner !== undefined)
      text += `${text === '' ? '' : ','}${JSON.stringify(wellFormed(name))}:${canonicalJson(inner)}`
  }
  return `{${text}}`
}

/** The type library of this language level does not have it yet. */
const wellFormed = (text: string): string => (text as unknown as { toWellFormed(): string }).toWellFormed()
