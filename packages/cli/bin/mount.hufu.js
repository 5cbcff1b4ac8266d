#!/usr/bin/env node
// What mount(8), /etc/fstab and systemd call for the type `hufu`, as /sbin/mount.hufu. It must be executable: mount(8) fails
// without a word where it is not.
import { fileURLToPath } from 'node:url'
import { main, mountHelperArguments } from '../dist/index.js'

const args = mountHelperArguments(process.argv.slice(2))
// The mount goes to the background as the command of that name does.
process.argv.splice(1, process.argv.length, fileURLToPath(new URL('./hufu.js', import.meta.url)), ...args)
process.exitCode = await main(args)
