import { toXml } from '../http/xml.ts'
import type { Answer, Call } from './operation.ts'

/** GetObjectTagging: always the empty set, since no request that would set tags is accepted. Clients ask it before a copy. */
export async function getObjectTagging({ proxy, name }: Call): Promise<Answer> {
  await proxy.store.head(name)
  return { status: 200, body: toXml('Tagging', { TagSet: '' }) }
}
