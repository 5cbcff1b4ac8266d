/** A node of the parser's tree: fields by name. One key names the node's kind when it stands alone. */
export interface Tree {
  readonly [field: string]: unknown
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The child of that name: a node, or an empty one. */
export const child = (tree: Tree | undefined, field: string): Tree => {
  const value = tree?.[field]
  return isTree(value) ? value : {}
}

/** The child of that name when it is there. */
export const optional = (tree: Tree | undefined, field: string): Tree | undefined => {
  const value = tree?.[field]
  return isTree(value) ? value : undefined
}

export const children = (tree: Tree | undefined, field: string): readonly Tree[] => {
  const value = tree?.[field]
  return Array.isArray(value) ? value.filter(isTree) : []
}

export const text = (tree: Tree | undefined, field: string): string => {
  const value = tree?.[field]
  return typeof value === 'string' ? value : ''
}

/** A number that the parser leaves out when it is zero. */
export const number = (tree: Tree | undefined, field: string): number => {
  const value = tree?.[field]
  return typeof value === 'number' ? value : 0
}

/** The kind and the fields of a node such as `{ ColumnRef: { … } }`. */
export function kindOf(node: Tree): { kind: string; body: Tree } {
  const kind = Object.keys(node)[0] ?? ''
  return { kind, body: child(node, kind) }
}

/** The strings of a list of String nodes: a qualified name. */
export const strings = (nodes: readonly Tree[]): string[] => nodes.map((node) => text(child(node, 'String'), 'sval'))

/** Every node below, itself included. */
export function* everyNode(value: unknown): Generator<{ kind: string; body: Tree }> {
  if (Array.isArray(value)) for (const item of value) yield* everyNode(item)
  else if (isTree(value))
    for (const [kind, body] of Object.entries(value)) {
      if (isTree(body)) yield { kind, body }
      yield* everyNode(body)
    }
}
