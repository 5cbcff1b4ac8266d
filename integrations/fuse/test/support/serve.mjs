// Serves a volume from this process, which a test may kill: its arguments are the backing directory and the mount point.
// It makes the volume where there is none, with `reverse` in a plain directory. Each line of its log is printed.
import { headerName, initVolume, mountVolume, readHeader } from '@hufu/fuse'
import { unsafeOpenService } from './unsafe-open-service.mjs'

const [directory = '', mountpoint = '', options = '{}'] = process.argv.slice(2)
const services = [unsafeOpenService]
const { suite, blockSize, integrity, ...mounting } = JSON.parse(options)
const { reverse } = mounting
const absent = await readHeader(directory, await headerName(directory)).then(
  () => false,
  () => true,
)
if (absent)
  await initVolume({
    directory,
    keys: [{ service: unsafeOpenService, keyId: 'k' }],
    suite,
    blockSize,
    integrity,
    reverse,
  })
const mounted = await mountVolume({ directory, mountpoint, services, onLog: console.log, ...mounting })
console.log('ready')
process.once('SIGTERM', () => mounted.unmount(true))
await mounted.ended
process.exit(0)
