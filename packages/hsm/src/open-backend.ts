import { BackendUnavailable, type KeyBackend } from '@hufu/kms'
import { openCryptoki } from './pkcs11/cryptoki.ts'
import { pkcs11Backend } from './pkcs11/pkcs11-backend.ts'
import { findSoftHsm, hasSoftHsmToken, softHsmBackend } from './pkcs11/softhsm.ts'
import { hasSoftwareToken, softwareToken } from './software/software-token.ts'

export interface Pkcs11Token {
  /** Path of the PKCS#11 library. */
  readonly library: string
  readonly tokenLabel: string
  readonly pin: string
}

export interface BackendOptions {
  /** Where an embedded token is kept; made when it is not there. */
  readonly dir: string
  /**
   * `auto`: the token that `dir` has; in a new `dir` a SoftHSM2 token where its library is installed, and otherwise
   * the software token. `off`: the software token. Or a token of any PKCS#11 library, which must exist.
   */
  readonly pkcs11: 'auto' | 'off' | Pkcs11Token
  /** Seals the software token; without it, a key in a file beside it does. */
  readonly passphrase?: string
}

/** Throws `BackendUnavailable` when the token can't be opened, `DamagedMaterial` for a wrong passphrase. */
export async function openBackend({ dir, pkcs11, passphrase }: BackendOptions): Promise<KeyBackend> {
  if (typeof pkcs11 === 'object') return configuredToken(pkcs11)
  if (pkcs11 === 'off' || hasSoftwareToken(dir)) return softwareToken(dir, passphrase)
  const library = findSoftHsm()
  if (library !== null) return softHsmBackend(library, dir)
  if (!hasSoftHsmToken(dir)) return softwareToken(dir, passphrase)
  throw new BackendUnavailable(`expected the library of SoftHSM2, whose token is in ${dir}: install softhsm2`)
}

function configuredToken({ library, tokenLabel, pin }: Pkcs11Token): KeyBackend {
  const cryptoki = openCryptoki(library)
  try {
    return pkcs11Backend(cryptoki, { label: tokenLabel, pin }, `token ${tokenLabel} through ${library} (HSM)`)
  } catch (error) {
    cryptoki.close()
    throw error
  }
}
