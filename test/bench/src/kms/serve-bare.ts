// The yardstick: a single-process node:http server that reads the request and answers bytes given to it.
import { createServer } from 'node:http'

const answer = Buffer.from(process.argv[2] ?? '', 'base64')

const server = createServer((request, response) => {
  request.resume()
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': answer.length })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })
})
