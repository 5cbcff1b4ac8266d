import { native } from '../../src/native.ts'
import type { Sm2Engine } from '../../src/sm2/engine.ts'
import { nativeSm2 } from '../../src/sm2/native-engine.ts'
import { portableSm2 } from '../../src/sm2/portable-engine.ts'

if (native === null) throw new Error('expected the native addon, which the tests compare with its twin')

/** Every SM2 engine; `slowness` thins the random inputs out, so that each takes seconds. */
export const engines: { name: string; engine: Sm2Engine; slowness: number }[] = [
  { name: 'native', engine: nativeSm2(native), slowness: 8 },
  { name: 'portable', engine: portableSm2, slowness: 100 },
]
