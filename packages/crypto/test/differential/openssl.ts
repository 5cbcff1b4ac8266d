import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The `openssl` command in a folder of its own. `using openssl = new OpenSsl()`. */
export class OpenSsl implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'hufu-openssl-'))

  /** Its standard output. Throws when it fails. */
  run(...arguments_: string[]): Buffer {
    return execFileSync('openssl', arguments_, {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 26,
    })
  }

  /** Whether it says yes. */
  accepts(...arguments_: string[]): boolean {
    return spawnSync('openssl', arguments_, { cwd: this.#folder }).status === 0
  }

  write(name: string, content: Uint8Array | string): string {
    writeFileSync(join(this.#folder, name), content)
    return name
  }

  read(name: string): Buffer {
    return readFileSync(join(this.#folder, name))
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true })
  }
}
