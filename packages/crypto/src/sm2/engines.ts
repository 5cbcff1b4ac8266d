import { native } from '../native.ts'
import type { Sm2Engine } from './engine.ts'
import { nativeSm2 } from './native-engine.ts'
import { portableSm2 } from './portable-engine.ts'

/** The fastest engine that is there. */
export const sm2Engine: Sm2Engine = native === null ? portableSm2 : nativeSm2(native)
