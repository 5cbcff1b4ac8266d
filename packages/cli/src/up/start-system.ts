import { writeFile } from 'node:fs/promises'
import type { Kms } from '@hufu/kms'
import { type AuditStream, startServer } from '@hufu/server'
import type { Logger } from 'pino'
import { auditKeyFile } from '../audit/audit-key.ts'
import { type SystemCredentials, writeCredentials } from '../system/credentials-file.ts'
import { startAuditStreams } from './audit-streams.ts'
import { Closers } from './closers.ts'
import { consoleFiles } from './console-files.ts'
import { dataDirectory } from './data-directory.ts'
import { regionPeers } from './region-peers.ts'
import { remoteAuthority } from './remote-authority.ts'
import { s3Audit } from './s3-audit.ts'
import type { Settings } from './settings.ts'
import { startKms } from './start-kms.ts'
import { startS3 } from './start-s3.ts'
import { clientCertificates } from './tls/client-certificates.ts'
import type { LiveCertificate } from './tls/live-certificate.ts'
import { ownCaFile } from './tls/own-ca-file.ts'
import { liveCertificate } from './tls/tls-files.ts'

/** What a start prints of where everything is. */
type PrintedCredentials = Omit<SystemCredentials, 'accessKeyId' | 'secretAccessKey'> & Partial<SystemCredentials>

export interface RunningSystem {
  readonly data: string
  /** Where keys are: the token's own words, HSM or SOFTWARE among them; null for a proxy alone. */
  readonly token: string | null
  /** A proxy that proves itself by a client certificate has no access key. */
  readonly credentials: PrintedCredentials
  /** Answers what is in flight, and ends. */
  close(): Promise<void>
}

interface Start {
  readonly settings: Settings
  /** Absolute. */
  readonly data: string
  readonly log: Logger
  readonly closers: Closers
  /** Null for a system without TLS. */
  readonly certificate: LiveCertificate | null
}

/** Starts what the settings ask for, all of it or nothing. */
export async function startSystem(settings: Settings, log: Logger): Promise<RunningSystem> {
  const closers = new Closers()
  const data = await dataDirectory(settings.data)
  try {
    const certificate = await liveCertificate(settings, data, log)
    if (certificate !== null) closers.add(certificate)
    const start = { settings, data, log, closers, certificate }
    const system = settings.only === 's3' ? await proxyAlone(start) : await withKms(start)
    return { data, ...system, close: () => closers.close() }
  } catch (error) {
    await closers.close()
    throw error
  }
}

type Started = Pick<RunningSystem, 'token' | 'credentials'>

async function withKms(start: Start): Promise<Started> {
  const { settings, data, log, closers } = start
  const { peers } = closers.add(await regionPeers(settings))
  const kms = closers.add(await startKms(settings, start, peers))
  const root = await kms.bootstrap()
  const auditStreams = await startAuditStreams(kms.proof, start)
  const kmsEndpoint = await serve(kms, start, auditStreams)
  const audit = s3Audit(kms.audit, log)
  const s3 =
    settings.only === 'kms' ? null : await startS3(settings, { ...start, authority: kms.authority('s3'), audit })
  const credentials = {
    accessKeyId: root.accessKeyId,
    secretAccessKey: root.secretAccessKey,
    region: settings.region,
    kmsEndpoint,
    ...(s3 === null ? {} : { s3Endpoint: reachable(s3) }),
    consoleUrl: `${kmsEndpoint}/console/`,
    ...caOf(start),
  }
  await writeCredentials(data, credentials)
  await writeFile(auditKeyFile(data), kms.proof.publicKey)
  return { token: kms.backend.description, credentials }
}

async function serve(
  kms: Kms,
  { settings, data, log, closers, certificate }: Start,
  auditStreams: readonly AuditStream[],
): Promise<string> {
  const files = consoleFiles()
  const { host, kmsPort, rateIdentity: perIdentity, rateAddress: perAddress } = settings
  const console = files === null ? {} : { consoleDir: files }
  const clients = await clientCertificates(settings, data)
  const tls = certificate === null ? {} : { tls: { ...certificate.files, ...clients.tls } }
  const more = { auditStreams, limits: { perIdentity, perAddress }, ...tls, ...clients.revoked, ...console }
  const server = closers.add(await startServer({ kms, host, port: kmsPort, log, ...more }))
  certificate?.serve(server)
  return reachable(server.url)
}

async function proxyAlone(start: Start): Promise<Started> {
  const { authority, address } = await remoteAuthority(start.settings, start.data)
  const { credentials, ...where } = address
  start.closers.add(authority)
  const s3 = await startS3(start.settings, { ...start, authority, audit: () => {} })
  return { token: null, credentials: { ...where, ...credentials, s3Endpoint: reachable(s3), ...caOf(start) } }
}

/** Where clients find the CA, when it is our own. */
const caOf = ({ settings, data }: Start) => (settings.tls === undefined ? {} : { caFile: ownCaFile(data) })

/** A client can not connect to the address that stands for all of them. */
const reachable = (url: string): string => url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
