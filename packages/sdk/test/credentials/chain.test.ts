import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { credentialsChain } from '../../src/index.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'hufu-home-'))
  mkdirSync(join(home, '.aws'))
  mkdirSync(join(home, 'data'))
})
afterEach(() => rmSync(home, { recursive: true }))

const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  HOME: home,
  HUFU_DATA: join(home, 'data'),
  ...more,
})
const writeProfiles = () =>
  writeFileSync(
    join(home, '.aws', 'credentials'),
    '[default]\naws_access_key_id = FILE\naws_secret_access_key=s\n\n[ other ]\r\naws_access_key_id=OTHER\r\naws_secret_access_key=t\r\naws_session_token=u\r\n',
  )
const writeData = (accessKeyId: string) =>
  writeFileSync(
    join(home, 'data', 'credentials.json'),
    JSON.stringify({ accessKeyId, secretAccessKey: 's', region: 'r', kmsEndpoint: 'http://127.0.0.1:1' }),
  )
const find = (more?: NodeJS.ProcessEnv, profile?: string) =>
  credentialsChain({ env: env(more), ...(profile === undefined ? {} : { profile }) })()

it('takes the first that there is: environment, credentials file, data directory', async () => {
  await expect(find()).rejects.toMatchObject({ code: 'MissingAuthentication' })
  writeData('DATA')
  expect(await find()).toMatchObject({ accessKeyId: 'DATA' })
  writeProfiles()
  expect(await find()).toEqual({ accessKeyId: 'FILE', secretAccessKey: 's' })
  const other = { accessKeyId: 'OTHER', secretAccessKey: 't', sessionToken: 'u' }
  expect(await find({ AWS_PROFILE: 'other' })).toEqual(other)
  expect(await find({}, 'other')).toEqual(other)
  expect(await find({}, 'absent')).toMatchObject({ accessKeyId: 'DATA' })
  const tencent = { TENCENTCLOUD_SECRET_ID: 'TENCENT', TENCENTCLOUD_SECRET_KEY: 's' }
  expect(await find(tencent)).toEqual({ accessKeyId: 'TENCENT', secretAccessKey: 's' })
  const aws = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' }
  expect(await find({ ...tencent, ...aws })).toEqual({ accessKeyId: 'ENV', secretAccessKey: 's', sessionToken: 't' })
})

it('looks again after a minute, and at once after a failure', async () => {
  let now = 0
  const chain = credentialsChain({ env: env(), clock: () => now })
  await expect(chain()).rejects.toThrow()
  writeData('FIRST')
  expect(await chain()).toMatchObject({ accessKeyId: 'FIRST' })
  writeData('SECOND')
  now = 59_999
  expect(await chain()).toMatchObject({ accessKeyId: 'FIRST' })
  now = 60_000
  expect(await chain()).toMatchObject({ accessKeyId: 'SECOND' })
})

it('names the file that is not what a start writes', async () => {
  writeFileSync(join(home, 'data', 'credentials.json'), '{}')
  await expect(find()).rejects.toThrow('credentials.json')
})
