import { encryptStringSync, generateKey, parseKeySync } from '@47ng/cloak'
import { CellKey, Secret, suites } from '@hufu/crypto'

const VALUE = 'x'.repeat(64)

/** Microseconds for one value of 64 bytes: ours sealed and indexed, cloak's encrypted. */
export async function cellFigures(quick: boolean) {
  const rounds = quick ? 20_000 : 200_000
  using dataKey = Secret.random(32)
  using indexKey = Secret.random(32)
  using cells = new CellKey({ suite: suites.aes, columnId: new Uint8Array(16), dataKeyNumber: 0, dataKey })
  const seal = () => {
    const plaintext = Buffer.from(VALUE)
    return cells.seal([{ plaintext, indexKey }])
  }
  const theirs = parseKeySync(generateKey())
  const encrypt = () => encryptStringSync(VALUE, theirs)
  const [cell, cloak] = [await microseconds(seal, rounds), await microseconds(encrypt, rounds)]
  return { cell, cloak }
}

async function microseconds(work: () => unknown, rounds: number): Promise<number> {
  for (let i = 0; i < rounds / 10; i++) work()
  const started = performance.now()
  for (let i = 0; i < rounds; i++) work()
  return ((performance.now() - started) * 1000) / rounds
}
