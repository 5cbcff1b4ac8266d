#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

const [verb] = process.argv.slice(2)
// Young garbage of a stream is its buffers: V8 shall collect it often rather than make room for more of it.
if (verb === 'encrypt' || verb === 'decrypt') setFlagsFromString('--semi-space-growth-factor=1')
const { main } = await import('../dist/index.js')
process.exitCode = await main(process.argv.slice(2))
