import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findSystem } from '../src/system/find-system.ts'

const data = mkdtempSync(join(tmpdir(), 'hufu-find-'))
const endpoint = 'http://127.0.0.1:7350'
const file = join(data, 'profiles')
const inFile = { AWS_SHARED_CREDENTIALS_FILE: file }
const root = { accessKeyId: 'AKIAROOT', secretAccessKey: 'of root' }

beforeAll(() => {
  writeFileSync(
    file,
    `[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = default
[night]
aws_access_key_id = AKIANIGHT
aws_secret_access_key = night
aws_session_token = token
`,
  )
  const written = { ...root, region: 'local-1', kmsEndpoint: 'http://127.0.0.1:1', s3Endpoint: 'http://127.0.0.1:2' }
  writeFileSync(
    join(data, 'credentials.json'),
    JSON.stringify({ ...written, consoleUrl: 'http://127.0.0.1:1/console' }),
  )
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

const credentialsOf = async (env: NodeJS.ProcessEnv, where = {}) =>
  (await findSystem({ endpoint, ...where }, { HUFU_DATA: data, ...env })).credentials

it('acts at an endpoint by the environment, or the profile that it names', async () => {
  const night = { accessKeyId: 'AKIANIGHT', secretAccessKey: 'night', sessionToken: 'token' }
  expect(await credentialsOf({ ...inFile, AWS_PROFILE: 'night' })).toEqual(night)
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAENV', AWS_SECRET_ACCESS_KEY: 'env' }
  const known = { accessKeyId: 'AKIAENV', secretAccessKey: 'env' }
  expect(await credentialsOf({ ...inFile, AWS_PROFILE: 'night', ...keys })).toEqual(known)
})

it('acts by the data directory where no profile is named, it is not there, or no endpoint is given', async () => {
  expect(await credentialsOf(inFile)).toEqual(root)
  expect(await credentialsOf({ ...inFile, AWS_PROFILE: 'absent' })).toEqual(root)
  expect(await credentialsOf({ AWS_SHARED_CREDENTIALS_FILE: join(data, 'absent'), AWS_PROFILE: 'night' })).toEqual(root)
  expect(await credentialsOf({ ...inFile, AWS_PROFILE: 'night' }, { endpoint: undefined })).toEqual(root)
})
