import { expect, it } from 'vitest'
import { apiPage } from './support/api-page.ts'
import { errorsPage } from './support/errors-page.ts'

// `npm run docs` writes the pages; here they must be what it would write.
it('docs/api.md is the action table', async () => {
  await expect(apiPage()).toMatchFileSnapshot('../../../docs/api.md')
})

it('docs/errors.md is the error catalogue', async () => {
  await expect(errorsPage()).toMatchFileSnapshot('../../../docs/errors.md')
})
