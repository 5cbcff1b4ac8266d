export { parseJsonObject } from './json.ts'
export { parseWith } from './parse.ts'
