import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** SM4-GCM is that of @hufu/crypto, since OpenSSL in Node has none, and so is HMAC. */
const SHARED = ['ghash', 'hmac', 'secret_memory', 'sm4', 'sm4_aesni', 'sm4_gcm', 'sm4_gfni', 'sm4_portable', 'sm4_tier']

/** The C files of the addon, as in binding.gyp. */
export const addonSources = (folder) => [
  ...readdirSync(join(folder, 'native'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, 'native', name)),
  ...SHARED.map((name) => join(folder, '..', '..', 'packages', 'crypto', 'native', `${name}.c`)),
]
