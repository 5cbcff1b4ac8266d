export { base64, encodeBase64, integer } from './fields.ts'
export { parseJsonObject } from './json.ts'
export { parseWith } from './parse.ts'
