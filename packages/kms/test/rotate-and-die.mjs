// A process of its own, on the built package: it rotates what is due, and is killed on the way.
// Arguments: the store as JSON, the root key in hexadecimal, the time, and where it dies.
import { Secret } from '@hufu/crypto'
import { openKms, softwareBackend } from '@hufu/kms'

const [, , store, root, now, where] = process.argv
const die = () => process.kill(process.pid, 'SIGKILL')
const whole = softwareBackend(Secret.take(Buffer.from(root, 'hex')), 'SOFTWARE')
const backend = {
  ...whole,
  // Inside the transaction of the rotation, before anything is written and after the key is locked.
  async generate(spec) {
    const made = await whole.generate(spec)
    if (where === 'inside') die()
    return made
  },
}
const kms = await openKms({
  store: JSON.parse(store),
  backend,
  region: 'local-1',
  accountId: '000000000001',
  clock: () => Number(now),
})
// Told when the transaction is committed, before the claim is given up.
kms.events.subscribe(die)
await kms.runDueJobs()
