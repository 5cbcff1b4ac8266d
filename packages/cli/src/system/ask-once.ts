import { type ClientCertificateFiles, Connection, type HttpAnswer, type HttpRequest } from '@hufu/sdk'

interface Asked {
  readonly endpoint: string
  /** PEM of the certificate authorities to trust instead of the system's. */
  readonly ca?: string | undefined
  /** What proves who asks, where requests are not signed. */
  readonly certificate?: ClientCertificateFiles | undefined
  readonly request: HttpRequest
  /** Milliseconds. */
  readonly patience: number
}

/** One request on a connection of its own. Throws `HufuError`, or the reason of the signal when it takes too long. */
export async function askOnce({ endpoint, ca, certificate, request, patience }: Asked): Promise<HttpAnswer> {
  const connection = new Connection({ endpoint, connections: 1, ...(ca === undefined ? {} : { ca }), ...certificate })
  try {
    return await connection.send(request, AbortSignal.timeout(patience))
  } finally {
    await connection.close()
  }
}
