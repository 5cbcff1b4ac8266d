// Seals under a KMS and obeys lines: `another`, `evict`, `snapshot FILE`, `end`. Tells each thing done in a line.
import { createInterface } from 'node:readline'
import { writeHeapSnapshot } from 'node:v8'
import { Hufu, hufuRegion } from '../../dist/index.js'

const { endpoint, credentials } = JSON.parse(process.argv[2])
const region = hufuRegion({ name: 'a', endpoint, region: 'a', credentials, events: false })
const hufu = new Hufu({ regions: [region] })
const seal = (film) => hufu.encrypt('the order', { keys: ['alias/films'], context: { film } })
const opened = await hufu.decrypt(await seal('one'), { context: { film: 'one' } })
console.log(Buffer.from(await seal('one')).toString('base64'))

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, file] = line.split(' ')
  if (verb === 'end') break
  if (verb === 'snapshot') writeHeapSnapshot(file)
  // The HTTP parser's own buffer holds the last answer until the next one: this is the next.
  if (verb === 'another' || verb === 'evict') await hufu.decrypt(await seal('two'), { context: { film: 'two' } })
  if (verb === 'evict') hufu[Symbol.dispose]()
  console.log(`${verb} ${opened.length}`)
}
await region.close()
