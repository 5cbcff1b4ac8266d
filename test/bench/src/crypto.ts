import type { Area, Measured } from './area.ts'
import { aead } from './crypto/aead.ts'
import { sm2 } from './crypto/sm2.ts'

/** The ciphers and SM2 against openssl, node:crypto and sm-crypto. */
export const crypto: Area = async (options) => merge(await aead(options), await sm2(options))

const merge = (a: Measured, b: Measured): Measured => ({
  ratios: { ...a.ratios, ...b.ratios },
  figures: { ...a.figures, ...b.figures },
})
