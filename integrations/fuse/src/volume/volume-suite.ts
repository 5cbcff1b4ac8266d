import { type Suite, suites } from '@hufu/crypto'
import type { VolumeSuite } from '../header/header.ts'

/** The algorithms of a volume's suite (docs/formats/volume-block.md). */
export const volumeSuite = (name: VolumeSuite): Suite => (name === 'SM4-GCM' ? suites.gm : suites.aes)
