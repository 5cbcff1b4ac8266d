import type { Sm2Engine } from './engine.ts'
import { portableSm2 } from './portable-engine.ts'

export const sm2Engine = (): Sm2Engine => portableSm2
