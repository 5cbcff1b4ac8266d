import { hkdfExpand, hkdfExtract, Secret } from '@hufu/crypto'
import type { VolumeHeader } from '../header/header.ts'
import { volumeSuite } from './volume-suite.ts'

/** What is derived from a volume key (docs/formats/volume.md). Disposing it zeroises all. */
export interface VolumeKeys extends Disposable {
  /** 32 bytes: the header's MAC. */
  readonly mac: Secret
  /** What the data path needs: name key (64 bytes), content, value, journal, reverse and integrity key (32 each). */
  readonly data: Secret
}

const LABELS = { names: 64, content: 32, values: 32, journal: 32, reverse: 32, integrity: 32 } as const

export function volumeKeys({ id, suite }: Pick<VolumeHeader, 'id' | 'suite'>, volumeKey: Secret): VolumeKeys {
  const { hash } = volumeSuite(suite)
  using prk = hkdfExtract(hash, Buffer.from(id, 'hex'), volumeKey)
  const expand = (label: string, size: number) => hkdfExpand(hash, prk, Buffer.from(`hufu/volume/${label}`), size)
  const parts = Object.entries(LABELS).map(([label, size]) => expand(label, size))
  const data = Secret.take(Buffer.concat(parts.map((part) => part.bytes())))
  for (const part of parts) part[Symbol.dispose]()
  const mac = expand('header', 32)
  return {
    mac,
    data,
    [Symbol.dispose]() {
      mac[Symbol.dispose]()
      data[Symbol.dispose]()
    },
  }
}
