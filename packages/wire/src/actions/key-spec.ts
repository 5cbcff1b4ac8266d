import { z } from 'zod'
import { keySpecs, keyUses } from '../key-kinds.ts'

/** Every kind of key, by Hufu's name, which is also AWS's where AWS has one. */
export const keySpec = z.enum(keySpecs)

export const keyUse = z.enum(keyUses)
