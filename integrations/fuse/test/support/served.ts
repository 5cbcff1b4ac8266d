import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { watchMount } from './watchdog.ts'

export interface Served extends AsyncDisposable {
  readonly backing: string
  readonly path: string
  /** What all its servers logged. */
  readonly log: readonly string[]
  /** Starts a server; `env` is added to its environment. */
  start(env?: NodeJS.ProcessEnv, options?: object): Promise<void>
  /** Ends the server with the signal and clears the mount. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Resolves when the server is gone by itself; then clears the mount. */
  died(): Promise<void>
}

/** A volume that processes of their own serve, one after the other, so that they can be killed. `parent` is where it stands. */
export function served(parent = tmpdir()): Served {
  const work = mkdtempSync(join(parent, 'hufu-served-'))
  const [backing, path] = [join(work, 'backing'), join(work, 'mnt')]
  const log: string[] = []
  let end: (signal: NodeJS.Signals | null) => Promise<void> = async () => {}
  let kill = () => {}
  mkdirSync(path)

  async function start(env: NodeJS.ProcessEnv = {}, options = {}): Promise<void> {
    const script = fileURLToPath(new URL('./serve.mjs', import.meta.url))
    const child = spawn(process.execPath, [script, backing, path, JSON.stringify(options)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    child.stderr.on('data', (chunk) => log.push(String(chunk)))
    const watchdog = watchMount(path)
    await new Promise<void>((resolve, reject) => {
      createInterface(child.stdout).on('line', (line) => (line === 'ready' ? resolve() : log.push(line)))
      exited.then(([code]) => reject(new Error(`the server ended with ${code}: ${log.join('\n')}`)), reject)
    }).catch((error) => {
      watchdog.stop()
      throw error
    })
    kill = () => void child.kill('SIGKILL')
    end = async (signal) => {
      if (signal !== null) child.kill(signal)
      await exited
      unmount()
      watchdog.stop()
      end = async () => {}
    }
  }
  function unmount(): void {
    try {
      execFileSync('umount', ['-l', path], { stdio: 'ignore' })
    } catch {
      // its server had unmounted it
    }
  }
  return {
    backing,
    path,
    log,
    start,
    stop: (signal = 'SIGTERM') => end(signal),
    died: () => end(null),
    async [Symbol.asyncDispose]() {
      kill()
      await end(null)
      unmount()
      rmSync(work, { recursive: true, force: true })
    },
  }
}
