import { type Aead, type AeadAlgorithm, Secret } from '../src/index.ts'
import { native } from '../src/native.ts'
import { NativeAead } from '../src/native-aead.ts'
import { opensslAead } from '../src/openssl-aead.ts'

export interface Implementation {
  readonly name: string
  /** With a key of the algorithm's size. */
  readonly aead: (key: Secret) => Aead
}

const kernels: Record<AeadAlgorithm, readonly string[]> = {
  'AES-256-GCM': ['AES-256-GCM'],
  'SM4-GCM': ['SM4-GCM', 'SM4-GCM gfni', 'SM4-GCM aesni', 'SM4-GCM portable'],
}

const keySizes: Record<AeadAlgorithm, number> = { 'AES-256-GCM': 32, 'SM4-GCM': 16 }

/** Every implementation of the algorithm that this machine can run: each tier of the addon, and the twin. */
export const implementations = (algorithm: AeadAlgorithm): readonly Implementation[] => [
  ...kernels[algorithm].flatMap((name) => nativeImplementation(algorithm, name)),
  { name: 'the portable twin', aead: (key) => opensslAead(algorithm, key) },
]

function nativeImplementation(algorithm: AeadAlgorithm, kernel: string): readonly Implementation[] {
  const addon = native
  if (addon === null) throw new Error('expected the native addon to be built, or its tests test nothing')
  const aead = (key: Secret) => new NativeAead(addon, algorithm, key, kernel)
  try {
    aead(Secret.random(keySizes[algorithm]))[Symbol.dispose]()
    return [{ name: `${kernel} of the addon`, aead }]
  } catch {
    return []
  }
}
