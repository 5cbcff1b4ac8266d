import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { s3Errors } from '../src/index.ts'
import { routes } from '../src/operations/table.ts'

const page = readFileSync(new URL('../../../docs/s3.md', import.meta.url), 'utf8')
const rows = (title: string) =>
  [...(page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| ([\w.]+) \|([^|]*)\|/gm)].map(
    ([, first, second]) => [first, second?.trim()],
  )

describe('docs/s3.md', () => {
  it('lists the operations that there are', () => {
    const listed = rows('Operations')
      .map(([name]) => name)
      .filter((name) => name !== 'operation')
    expect(listed.sort()).toEqual(routes.map(({ name }) => name).sort())
  })

  it('lists the errors that there are', () => {
    const listed = rows('Errors').filter(([name]) => name !== 'code')
    expect(listed).toEqual(Object.entries(s3Errors).map(([code, status]) => [code, String(status)]))
  })
})
