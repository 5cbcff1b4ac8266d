import { isIP } from 'node:net'
import { connect } from 'node:tls'
import { certificateDoubt } from '@hufu/wire'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

/** Milliseconds in which a server's certificate is looked at. */
const PATIENCE = 5_000

/**
 * Throws `CliError` when the certificate of an https endpoint is not of these authorities (PEM; those of Node when
 * undefined), and says which flag names them. A server that does not answer is none of its business.
 */
export async function checkTrust(endpoint: string, ca: string | undefined, flag: string): Promise<void> {
  const url = new URL(endpoint)
  const doubt = url.protocol === 'https:' ? await doubtOf(url, ca) : null
  if (doubt === null) return
  const hint =
    ca === undefined
      ? `name the file of the CA that it is of: ${flag} FILE`
      : `it is of another CA than that of ${flag}`
  throw new CliError(exitCode.unavailable, `the certificate of ${url.host} is not trusted (${doubt})`, hint)
}

function doubtOf({ hostname, port }: URL, ca: string | undefined): Promise<string | null> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const names = { host, port: Number(port || 443), ...(isIP(host) === 0 ? { servername: host } : {}) }
  return new Promise((resolve) => {
    const socket = connect({ ...names, ...(ca === undefined ? {} : { ca }) })
    const end = (doubt: string | null) => {
      socket.destroy()
      resolve(doubt)
    }
    socket.setTimeout(PATIENCE, () => end(null))
    socket.once('secureConnect', () => end(null)).on('error', (error) => end(certificateDoubt(error)))
  })
}
