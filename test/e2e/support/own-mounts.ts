import { type Output, run } from './hufu.ts'

/** What the others mount is theirs: a mount that is in the copy of the list too stays, with its server, when they unmount it. */
const LET_GO = `grep ' fuse' /proc/self/mounts | cut -d ' ' -f 2 | while read -r other; do umount -lc "$(printf '%b' "$other")" || true; done`

/** Runs a script of `sh` as root with a list of mounts of its own: whatever it mounts is there for it alone. $1, $2, … are `args`. */
export const withOwnMounts = (script: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Output> =>
  run('unshare', ['--mount', 'sh', '-euc', `${LET_GO}\n${script}`, 'sh', ...args], env)
