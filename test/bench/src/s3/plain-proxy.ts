import { Agent, createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A proxy that does nothing but pass requests on, on the same node:http: what any proxy costs. */
export function startPlainProxy(backend: string): Promise<string> {
  const agent = new Agent({ keepAlive: true })
  const server = createServer((request, response) => {
    const { method, headers } = request
    const passed = send(
      `${backend}${request.url}`,
      { agent, headers, ...(method === undefined ? {} : { method }) },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  })
}
