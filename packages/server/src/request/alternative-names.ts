/** `KIND:VALUE`, joined by ", "; a value with what could be taken for another name is a JSON string. */
const NAME = /([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y

const NONE = { uris: [], dnsNames: [] }

/**
 * URIs and DNS names of a certificate, from the text that Node makes of them (`X509Certificate.subjectAltName`). None
 * at all where the text is not of that form.
 */
export function alternativeNames(text: string): { readonly uris: string[]; readonly dnsNames: string[] } {
  const names: { readonly uris: string[]; readonly dnsNames: string[] } = { uris: [], dnsNames: [] }
  NAME.lastIndex = 0
  while (NAME.lastIndex < text.length) {
    const found = NAME.exec(text)
    if (found === null) return NONE
    const [, kind, value = ''] = found
    if (kind === 'URI') names.uris.push(plain(value))
    if (kind === 'DNS') names.dnsNames.push(plain(value))
  }
  return names
}

const plain = (value: string): string => (value.startsWith('"') ? String(JSON.parse(value)) : value)
