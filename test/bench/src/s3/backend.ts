import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Kept {
  readonly bytes: Buffer
  readonly metadata: Record<string, string | string[] | undefined>
}

/** The least that answers S3 requests: objects in memory, no signature, no listing. What a backend can be at best. */
export function startBackend(): Promise<string> {
  const objects = new Map<string, Kept>()
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (request.method === 'PUT') put(objects, path, request, response)
    else get(objects.get(path), request, response)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}

function put(objects: Map<string, Kept>, path: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const metadata = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-')),
    )
    objects.set(path, { bytes: Buffer.concat(chunks), metadata })
    response.setHeader('etag', '"0"')
    response.end()
  })
}

function get(kept: Kept | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (kept === undefined) {
    response.statusCode = 404
    response.end('<Error><Code>NoSuchKey</Code></Error>')
    return
  }
  for (const [name, value] of Object.entries(kept.metadata)) if (value !== undefined) response.setHeader(name, value)
  response.setHeader('etag', '"0"')
  response.setHeader('last-modified', new Date(0).toUTCString())
  response.setHeader('content-length', kept.bytes.length)
  response.end(request.method === 'HEAD' ? undefined : kept.bytes)
}
