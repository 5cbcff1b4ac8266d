import { portableSm2 } from '../../src/sm2/portable-engine.ts'
import { describeSm2Engine } from './engine-contract.ts'

describeSm2Engine('portable', portableSm2)
