import { describeSm2Engine } from './engine-contract.ts'
import { engines } from './engines.ts'

for (const { name, engine } of engines) describeSm2Engine(name, engine)
