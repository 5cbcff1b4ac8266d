import { loadModule, parseSync } from 'libpg-query'
import { children, type Tree } from './ast.ts'

/** Loads the parser, PostgreSQL's own in WebAssembly. Once, before the first `parse`. */
export const loadParser = (): Promise<void> => loadModule()

/** The statements of a text, each `{ stmt, stmt_location }`. Throws the parser's error for what is no SQL. */
export const parse = (sql: string): readonly Tree[] => children({ ...parseSync(sql) }, 'stmts')
