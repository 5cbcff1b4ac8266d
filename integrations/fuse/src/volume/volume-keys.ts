import { hkdfExpand, hkdfExtract, type Secret } from '@hufu/crypto'

/** What is derived from a volume key (docs/formats/volume.md). Disposing it zeroises all. */
export interface VolumeKeys extends Disposable {
  readonly mac: Secret
  /** 64 bytes: AES-256-SIV. */
  readonly name: Secret
  readonly content: Secret
  readonly value: Secret
}

export function volumeKeys(volumeId: string, volumeKey: Secret): VolumeKeys {
  using prk = hkdfExtract('sha256', Buffer.from(volumeId, 'hex'), volumeKey)
  const expand = (label: string, size: number) => hkdfExpand('sha256', prk, Buffer.from(`hufu/volume/${label}`), size)
  const keys = [expand('header', 32), expand('names', 64), expand('content', 32), expand('values', 32)] as const
  const [mac, name, content, value] = keys
  return {
    mac,
    name,
    content,
    value,
    [Symbol.dispose]() {
      for (const key of keys) key[Symbol.dispose]()
    },
  }
}
