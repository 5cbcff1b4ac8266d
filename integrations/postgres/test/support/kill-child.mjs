/** Backfills or rotates, telling of every batch, until it ends or is killed: WORK PORT DATABASE KEY. */
import pg from 'pg'
import { backfill, rotate } from '../../dist/index.js'
import { killEncryption } from './kill-encryption.mjs'

const [work, port, database, key] = process.argv.slice(2)
const client = new pg.Client({ host: '127.0.0.1', port: Number(port), user: database, database })
await client.connect()
const encryption = killEncryption(Buffer.from(key, 'hex'))
const options = { batch: 20, onProgress: () => process.send?.('batch') }
if (work === 'backfill') await backfill(client, encryption, options)
else await rotate(client, encryption, { ...options, resume: work === 'resume' })
await client.end()
process.exit(0)
