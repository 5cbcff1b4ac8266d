import { type HeaderOptions, type Recipient, Secret, type Suite } from '../../src/index.ts'

export const recipient: Recipient = {
  provider: 'hufu',
  region: 'local-1',
  keyId: '0190a3f0-0000-7000-8000-000000000001',
  wrappedKey: new Uint8Array(86).fill(0xab),
}

export const context = { purpose: 'test', 名: '虎符' }

/** A copy of one fixed data key. */
export const dataKey = (byte = 0x11): Secret => Secret.take(new Uint8Array(32).fill(byte))

export const options = (suite: Suite, more: Partial<HeaderOptions> = {}): HeaderOptions => ({
  suite,
  segmentSize: 4096,
  context,
  recipients: [recipient],
  ...more,
})
