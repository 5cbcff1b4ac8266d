import { spawn } from 'node:child_process'

export interface Watchdog {
  stop(): void
}

/** Longer than any test takes: a mount that hangs holds up every process that looks at it, this one too. */
const PATIENCE_SECONDS = 300

/** A process that unmounts lazily if it is not stopped in time, or if this process is gone without a word. */
export function watchMount(mountpoint: string): Watchdog {
  const script = `read -t ${PATIENCE_SECONDS} line; [ "$line" = stop ] || umount -l "$1" 2>/dev/null`
  const child = spawn('bash', ['-c', script, 'watchdog', mountpoint], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    detached: true,
  })
  child.unref()
  child.stdin.on('error', () => {})
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref()
  return { stop: () => void child.stdin.end('stop\n') }
}
