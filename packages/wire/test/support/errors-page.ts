import { errorCatalogue } from '../../src/index.ts'

/** docs/errors.md: the error catalogue. */
export function errorsPage(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { aws, tencent, status, hint }]) => `| ${code} | \`${aws}\` | ${status} | \`${tencent}\` | ${hint} |`,
  )
  return `# Errors

Every failure that crosses a package border or a wire has one code of this catalogue (\`packages/wire/src/error.ts\`, of which this page is made).
The Tencent dialect always answers with HTTP status 200 and \`Response.Error\`; the AWS dialect with the status below, \`__type\`, \`message\`, and
the code itself as \`code\`. A message says what was expected and what was received, then the hint; never a secret.

| code | AWS | status | Tencent | what to do |
|---|---|---|---|---|
${rows.join('\n')}
`
}
