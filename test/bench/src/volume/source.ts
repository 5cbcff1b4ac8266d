import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What is unpacked and cloned: files of 1 to 24 KiB, a third of them not compressible, in directories of 20. */
export interface Source {
  readonly tar: string
  readonly repository: string
}

export function makeSource(work: string, files: number): Source {
  const [tar, repository] = [join(work, 'source.tar'), join(work, 'repository')]
  mkdirSync(repository)
  for (let i = 0; i < files; i++) {
    const directory = join(repository, `directory ${Math.floor(i / 20)}`)
    if (i % 20 === 0) mkdirSync(directory)
    writeFileSync(join(directory, `file ${i}`), contentOf(i))
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: repository })
  execFileSync('tar', ['-cf', tar, '-C', repository, '.'])
  git('init', '-q')
  git('add', '.')
  git('commit', '-qm', 'first')
  return { tar, repository }
}

function contentOf(i: number): Buffer {
  const size = 1024 + ((i * 7919) % 23) * 1024
  return i % 3 === 0 ? randomBytes(size) : Buffer.alloc(size, `line ${i} of a text that repeats itself\n`)
}
