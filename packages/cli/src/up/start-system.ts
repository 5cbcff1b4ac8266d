import { startServer } from '@hufu/server'
import { HufuError } from '@hufu/wire'
import type { Logger } from 'pino'
import type { SystemCredentials } from '../system/credentials-file.ts'
import { writeCredentials } from '../system/credentials-file.ts'
import { Closers } from './closers.ts'
import { consoleFiles } from './console-files.ts'
import { dataDirectory } from './data-directory.ts'
import type { Settings } from './settings.ts'
import { startKms } from './start-kms.ts'

export interface RunningSystem {
  readonly data: string
  /** Where keys are: the token's own words, HSM or SOFTWARE among them; null for a proxy alone. */
  readonly token: string | null
  readonly credentials: SystemCredentials
  /** Answers what is in flight, and ends. */
  close(): Promise<void>
}

/** Starts what the settings ask for, all of it or nothing. */
export async function startSystem(settings: Settings, log: Logger): Promise<RunningSystem> {
  const data = await dataDirectory(settings.data)
  const closers = new Closers()
  try {
    const system = await (settings.only === 's3' ? proxyAlone : withKms)(settings, data, log, closers)
    return { data, ...system, close: () => closers.close() }
  } catch (error) {
    await closers.close()
    throw error
  }
}

type Started = Pick<RunningSystem, 'token' | 'credentials'>

async function withKms(settings: Settings, data: string, log: Logger, closers: Closers): Promise<Started> {
  const kms = closers.add(await startKms(settings, data))
  const { accessKeyId, secretAccessKey } = await kms.bootstrap()
  const { host, kmsPort, region } = settings
  const files = consoleFiles()
  const server = closers.add(
    await startServer({ kms, host, port: kmsPort, log, ...(files === null ? {} : { consoleDir: files }) }),
  )
  const kmsEndpoint = reachable(server.url)
  const credentials = { accessKeyId, secretAccessKey, region, kmsEndpoint, consoleUrl: `${kmsEndpoint}/console/` }
  const { description: token } = kms.backend
  await writeCredentials(data, credentials)
  return { token, credentials }
}

async function proxyAlone(): Promise<Started> {
  throw new HufuError('NotSupported', 'the S3 proxy is not supported yet')
}

/** A client can not connect to the address that stands for all of them. */
const reachable = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
