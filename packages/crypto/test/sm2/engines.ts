import type { Sm2Engine } from '../../src/sm2/engine.ts'
import { portableSm2 } from '../../src/sm2/portable-engine.ts'

/** Every SM2 engine; `slowness` thins the random inputs out, so that each takes seconds. */
export const engines: { name: string; engine: Sm2Engine; slowness: number }[] = [
  { name: 'portable', engine: portableSm2, slowness: 100 },
]
