import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = new URL('../../../test/vectors/standards/', import.meta.url).pathname
const constant = (...words) => words.join('_').replace(/\W/g, '_').toUpperCase()

/** Every string of a vector file as `#define FILE_FIELD "…"`; fields of an object are joined with `_`. */
const defines = (name, value) =>
  typeof value === 'string'
    ? [`#define ${name} ${JSON.stringify(value)}`]
    : Object.entries(value).flatMap(([field, inner]) => defines(constant(name, field), inner))

/** The text of vectors.h, which gives the plain C tests the same vectors as all other tests. */
export const vectorsHeader = () =>
  readdirSync(folder)
    .flatMap((file) =>
      defines(constant(file.replace('.json', '')), JSON.parse(readFileSync(join(folder, file), 'utf8'))),
    )
    .join('\n')
    .concat('\n')
