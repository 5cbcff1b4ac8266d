import { readFile } from 'node:fs/promises'
import { type Checkpoint, ExportFault, ExportVerifier, type NoteKey, openCheckpoint } from '@hufu/kms/audit'
import { Command } from 'commander'
import { type KeyOptions, readAuditKey } from '../../audit/audit-key.ts'
import { checkProof } from '../../audit/proof.ts'
import { readLines } from '../../audit/read-lines.ts'
import { CliError } from '../../cli-error.ts'
import { exitCode } from '../../exit-code.ts'
import { printObject } from '../../output/result.ts'

interface VerifyOptions extends KeyOptions {
  readonly known?: string
  readonly proof?: boolean
  readonly json?: boolean
}

/** Offline: needs the file and the public key, and nothing else. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('prove that an export is whole: nothing altered, removed, reordered or dated back')
    .argument('<FILE>', 'what hufu audit export wrote; with --proof, what hufu audit prove printed')
    .option('--public-key <PEM>', 'the key of the audit; that of the data directory unless told')
    .option('--data <DIR>', 'the data directory (HUFU_DATA), .hufu unless told')
    .option('--known <FILE>', 'a checkpoint that was noted earlier: the export must hold what it signed')
    .option('--proof', 'the file is one proof')
    .option('--json', 'print JSON')
    .action(verify)
}

async function verify(file: string, options: VerifyOptions): Promise<void> {
  const key = await readAuditKey(options)
  const known = options.known === undefined ? null : await knownCheckpoint(options.known, key)
  const proven =
    options.proof === true ? checkProof(await readFile(file, 'utf8'), key) : await wholeFile(file, key, known)
  printObject({ ok: true, ...proven }, options.json === true)
}

async function wholeFile(file: string, key: NoteKey, known: Checkpoint | null) {
  const verifier = new ExportVerifier(key)
  let met = known === null
  try {
    const { ended } = await readLines(file, (text) => {
      verifier.line(text)
      if (known !== null && verifier.matches(known)) met = true
    })
    const { records, checkpoints, at, logs } = verifier.end(ended)
    if (!met) throw notAuthentic('the export does not hold what the known checkpoint signed')
    return { records, checkpoints, signedAt: new Date(at).toISOString(), logs }
  } catch (error) {
    throw error instanceof ExportFault ? notAuthentic(error.message) : error
  }
}

async function knownCheckpoint(file: string, key: NoteKey): Promise<Checkpoint> {
  const text = await readFile(file, 'utf8')
  const checkpoint = openCheckpoint(text, key)
  if (checkpoint === null) throw notAuthentic('expected a checkpoint signed by this key')
  return checkpoint
}

const notAuthentic = (message: string): CliError =>
  new CliError(
    exitCode.notAuthentic,
    message,
    'the audit, or this copy of it, was changed: compare it with another copy',
  )
