import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Debian's Chromium without a window, on a profile of its own. */
export class Chromium implements AsyncDisposable {
  readonly #home = mkdtempSync(join(tmpdir(), 'hufu-chromium-'))
  readonly #child: ChildProcess
  readonly #ended: Promise<unknown>
  #said = ''

  constructor(url: string) {
    const args = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run']
    const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-breakpad']
    this.#child = spawn('/usr/bin/chromium', [...args, ...quiet, `--user-data-dir=${this.#home}/profile`, url], {
      env: { PATH: '/usr/bin:/bin', HOME: this.#home, LANG: 'C.UTF-8' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    })
    this.#child.stderr?.on('data', (text) => {
      this.#said = (this.#said + String(text)).slice(-4_000)
    })
    this.#ended = once(this.#child, 'close').catch((error) => {
      this.#said += String(error)
    })
  }

  /** Rejects when the browser ends by itself. */
  async crashed(): Promise<never> {
    await this.#ended
    throw new Error(`the browser ended: ${this.#said}`)
  }

  /** Ends it with all its processes: they are one group. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid !== undefined) {
      try {
        process.kill(-this.#child.pid, 'SIGKILL')
      } catch {}
    }
    await this.#ended
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }
}
