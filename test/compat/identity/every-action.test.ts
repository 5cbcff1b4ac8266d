import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { actions } from '@hufu/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { askEveryTencentAction } from '../support/every-tencent-action.ts'
import { backends, type KmsServer, startKms } from '../support/kms-server.ts'
import { startIssuer, type TokenIssuer } from '../support/token-issuer.ts'

const script = fileURLToPath(new URL('../support/boto3_every_action.py', import.meta.url))
const TENCENT_VERSIONS = ['2019-01-16', '2018-08-13']

let running: KmsServer
let issuer: TokenIssuer

beforeEach(async () => {
  issuer = await startIssuer()
  running = await startKms(backends['the software token'] as never)
})
afterEach(async () => {
  await running?.close()
  await issuer?.close()
})

it('boto3 is answered by every action of IAM and STS', { timeout: 180_000 }, async () => {
  // The service's clock stands still, so that codes of the second factor are good for as long as the test needs.
  running.standstill = Date.now()
  const { accessKeyId, secretAccessKey } = running.root
  const step = String(Math.floor(running.standstill / 30_000))
  const args = [script, running.server.url, accessKeyId, secretAccessKey, issuer.url, await issuer.token(), step]
  const { stdout } = await promisify(execFile)('python3', args)
  expect(JSON.parse(stdout)).toEqual(actions.flatMap(({ query }) => (query ? [query.name] : [])).sort())
})

it("Tencent's client is answered by every action of CAM and STS", { timeout: 180_000 }, async () => {
  running.standstill = Date.now()
  const answered = await askEveryTencentAction(running, issuer)
  const served = actions.flatMap(({ tencent }) =>
    TENCENT_VERSIONS.includes(tencent?.version ?? '') ? [`${tencent?.version} ${tencent?.name}`] : [],
  )
  expect([...answered].sort()).toEqual(served.sort())
})
