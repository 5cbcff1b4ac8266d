#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

const [verb] = process.argv.slice(2)
// Young garbage of a stream is its buffers: V8 shall collect it often rather than make room for more of it.
if (verb === 'encrypt' || verb === 'decrypt') setFlagsFromString('--semi-space-growth-factor=1')
const seals = ['encrypt', 'decrypt', 'inspect', 'rewrap', '--version', '-V'].includes(verb)
const { main } = await import(seals ? '../dist/sealing/main.js' : '../dist/index.js')
process.exitCode = await main(process.argv.slice(2))
