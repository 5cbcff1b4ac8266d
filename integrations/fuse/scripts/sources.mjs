import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** SM4-GCM is that of @hufu/crypto: OpenSSL in Node has none. */
const SM4 = ['ghash', 'secret_memory', 'sm4', 'sm4_aesni', 'sm4_gcm', 'sm4_gfni', 'sm4_portable', 'sm4_tier']

/** The C files of the addon, as in binding.gyp. */
export const addonSources = (folder) => [
  ...readdirSync(join(folder, 'native'))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, 'native', name)),
  ...SM4.map((name) => join(folder, '..', '..', 'packages', 'crypto', 'native', `${name}.c`)),
]
