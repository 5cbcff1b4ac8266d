// npm test: installs what the whole suite needs, then runs all of it. Arguments pass through to vitest.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aptList, ensureAptPackages } from './apt.mjs'
import { bootstrap, buildEnvironment, root } from './bootstrap.mjs'
import { run } from './run.mjs'

ensureAptPackages(aptList(join(root, 'scripts', 'apt-packages.txt')))
bootstrap({ all: true })

const results = join(root, 'node_modules', '.cache', 'hufu', 'test-results.json')
mkdirSync(join(results, '..'), { recursive: true })
for (const stale of [results, join(results, '..', 'test-counts.json')]) rmSync(stale, { force: true })
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
const status = run('vitest', ['run', ...reporters, ...process.argv.slice(2)], { env: buildEnvironment() })

const { passed, failed } = counts(results)
writeFileSync(join(results, '..', 'test-counts.json'), JSON.stringify({ passed, failed }))
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 || status !== 0 ? 1 : 0)

/** A file that could not even be loaded, a suite that was skipped and a run that wrote nothing are failures. */
function counts(file) {
  try {
    const { numPassedTests, numTotalTests, testResults, success } = JSON.parse(readFileSync(file, 'utf8'))
    const unloaded = testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
    const failed = numTotalTests - numPassedTests + unloaded.length
    return { passed: numPassedTests, failed: success ? failed : Math.max(1, failed) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}
