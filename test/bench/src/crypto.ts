import type { Area, Measured } from './area.ts'
import { aead } from './crypto/aead.ts'
import { sm2 } from './crypto/sm2.ts'
import { stream } from './crypto/stream.ts'
import { targets } from './crypto/targets.ts'

/** The ciphers, streams and SM2 against openssl, node:crypto and sm-crypto. */
export const crypto: Area = async (options) => ({
  ...merge(await aead(options), await stream(options), await sm2(options)),
  targets,
})

const merge = (...all: readonly Measured[]): Measured => ({
  ratios: Object.assign({}, ...all.map(({ ratios }) => ratios)),
  figures: Object.assign({}, ...all.map(({ figures }) => figures)),
})
