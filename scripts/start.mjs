// npm start: installs, builds and runs everything on embedded defaults. Arguments pass through to `hufu up`.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bootstrap, root } from './bootstrap.mjs'

const from = process.cwd()
bootstrap({ all: false })
process.chdir(from)
const hufu = join(root, 'packages', 'cli', 'bin', 'hufu.js')
process.argv = [process.execPath, hufu, 'up', ...process.argv.slice(2)]
await import(pathToFileURL(hufu).href)
