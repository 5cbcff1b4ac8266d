// The docs check: every relative link leads to a file and heading that exist, every npm script that a page names
// exists, and no page names this machine.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { root } from './bootstrap.mjs'

const faults = []
const scriptsOf = (folder) => Object.keys(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts)

for (const page of pages(root)) check(page)
for (const fault of faults) console.error(fault)
console.log(faults.length === 0 ? 'docs: all links, scripts and paths hold' : `docs: ${faults.length} faults`)
process.exit(faults.length === 0 ? 0 : 1)

function pages(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (['node_modules', 'dist', 'build', '.git', '.hufu', '.turbo', 'vectors'].includes(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return pages(path)
    return entry.name.endsWith('.md') ? [path] : []
  })
}

function check(page) {
  const text = readFileSync(page, 'utf8')
  const fault = (message) => faults.push(`${relative(root, page)}: ${message}`)
  for (const [, target] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) checkLink(page, target, fault)
  for (const [, name, folder = '.'] of text.matchAll(/\bnpm run ([a-z][a-z:-]*)(?:` in `([\w./-]+)`)?/g))
    if (!scriptsOf(folder).includes(name)) fault(`npm run ${name}: no such script in ${folder}`)
  for (const [, folder, name] of text.matchAll(/\bnpm --prefix (\S+) run ([a-z][a-z:-]*)/g))
    if (!scriptsOf(folder).includes(name)) fault(`npm run ${name}: no such script in ${folder}`)
  for (const [path] of text.matchAll(/(?<![\w.])\/(?:work|root|tmp\/hufu)\/[\w./-]*/g))
    fault(`names a path of one machine: ${path}`)
}

function checkLink(page, target, fault) {
  if (/^[a-z]+:/.test(target)) return
  const [path, anchor] = target.split('#')
  const file = path === '' ? page : resolve(dirname(page), path)
  if (!statSync(file, { throwIfNoEntry: false })) return fault(`link to a file that is not there: ${target}`)
  if (anchor && file.endsWith('.md') && !anchors(file).includes(anchor))
    fault(`link to a heading that is not there: ${target}`)
}

function anchors(file) {
  const headings = withoutCode(readFileSync(file, 'utf8')).matchAll(/^#+ (.*)$/gm)
  return Array.from(headings, ([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

function withoutCode(text) {
  return text.replace(/^```.*?^```/gms, '')
}
