#!/usr/bin/env node
const [verb] = process.argv.slice(2)
const seals = ['encrypt', 'decrypt', 'inspect', 'rewrap', '--version', '-V'].includes(verb)
const { main } = await import(seals ? '../dist/sealing/main.js' : '../dist/index.js')
process.exitCode = await main(process.argv.slice(2))
