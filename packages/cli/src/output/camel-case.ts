/** Documents of policies: what is in them is printed as it was given. */
const DOCUMENTS = new Set(['Document', 'PolicyDocument', 'AssumeRolePolicyDocument'])

/** The API's names as the command line prints them: `KeyId` is `keyId`, at every depth but within documents. */
export function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [camelName(name), DOCUMENTS.has(name) ? inner : camelCase(inner)]),
  )
}

const camelName = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)
