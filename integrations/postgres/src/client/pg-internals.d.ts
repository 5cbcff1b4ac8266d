declare module 'pg/lib/utils.js' {
  /** What a driver of PostgreSQL sends for a JavaScript value: text, bytes or null. */
  export function prepareValue(value: unknown): string | Buffer | null
}
