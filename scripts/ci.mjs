// What a change must pass: the tests, then each check. The last line counts them all: a check counts as one.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEnvironment, root } from './bootstrap.mjs'
import { run } from './run.mjs'

const checks = [
  ['lint and layers', 'npm', ['run', '--silent', 'lint']],
  ['types', 'npm', ['run', '--silent', 'types']],
  ['docs', 'npm', ['run', '--silent', 'docs:check']],
  ['sanitizers', 'npm', ['--prefix', 'packages/crypto', 'run', '--silent', 'sanitize']],
  ['sanitizers of the volume', 'npm', ['--prefix', 'integrations/fuse', 'run', '--silent', 'sanitize']],
  ['constant time', 'npm', ['--prefix', 'packages/crypto', 'run', '--silent', 'constant-time']],
]

process.chdir(root)
run('npm', ['test'])
const { passed, failed } = testCounts()
const total = { passed, failed }
for (const [name, command, args] of checks) {
  console.log(`\n== ${name}`)
  const ok = run(command, args, { env: buildEnvironment() }) === 0
  total[ok ? 'passed' : 'failed'] += 1
  console.log(ok ? `${name}: ok` : `${name}: FAILED`)
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0)

function testCounts() {
  try {
    return JSON.parse(readFileSync(join(root, 'node_modules', '.cache', 'hufu', 'test-counts.json'), 'utf8'))
  } catch {
    return { passed: 0, failed: 1 }
  }
}
