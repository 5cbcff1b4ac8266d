// A volume that is served by this process until it is unmounted, made where there is none: its arguments are the backing
// directory, the mount point, and the options that it is made with. It sends how long mounting took, in milliseconds.
import { initVolume, mountVolume, readHeader } from '@hufu/fuse'
import { HufuError, type KeyService } from '@hufu/wire'

const [directory = '', mountpoint = '', options = '{}'] = process.argv.slice(2)
const keyId = 'arn:aws:kms:local-1:000000000001:key/00000000-0000-4000-8000-000000000000'
const unused = () => Promise.reject(new HufuError('NotSupported', 'not measured here'))
/** Wraps nothing: what is measured begins after the key was had. */
const service: KeyService = {
  encrypt: async ({ plaintext }) => ({ keyId, ciphertext: Uint8Array.from(plaintext) }),
  decrypt: async ({ ciphertext }) => ({ keyId, plaintext: Uint8Array.from(ciphertext) }),
  generateDataKey: unused,
  reEncrypt: unused,
}

const absent = await readHeader(directory).then(
  () => false,
  () => true,
)
if (absent) await initVolume({ directory, keys: [{ service, keyId }], ...JSON.parse(options) })
const start = performance.now()
const mounted = await mountVolume({ directory, mountpoint, services: [service] })
process.send?.(performance.now() - start)
process.once('disconnect', () => mounted.unmount(true))
await mounted.ended
process.exit(0)
