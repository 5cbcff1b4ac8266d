import { KMSClient } from '@aws-sdk/client-kms'
import { type HttpRegionPeer, httpRegionPeer } from '@hufu/sdk'
import { HufuError, type RegionPeer } from '@hufu/wire'
import { type KmsServer, type OpenBackend, startKms } from './kms-server.ts'

export interface Region {
  readonly name: string
  readonly running: KmsServer
  readonly aws: KMSClient
}

/** Regions on separate stores and tokens, each of which knows the others by HTTP. */
export class Regions {
  readonly #regions = new Map<string, Region>()
  readonly #peers: HttpRegionPeer[] = []
  readonly #cut = new Set<string>()

  /** `others` are the names of regions that may be added later. */
  async add(name: string, open: OpenBackend, others: readonly string[]): Promise<Region> {
    const peers = new Map(others.map((other) => [other, this.#peer(other)] as const))
    const running = await startKms(open, undefined, { region: name, peers })
    const { accessKeyId, secretAccessKey } = running.root
    const credentials = { accessKeyId, secretAccessKey }
    const aws = new KMSClient({ endpoint: running.server.url, region: name, credentials, maxAttempts: 1 })
    const region = { name, running, aws }
    this.#regions.set(name, region)
    return region
  }

  /** It stops answering; what it had is gone. */
  async lose(name: string): Promise<void> {
    const region = this.#regions.get(name)
    this.#regions.delete(name)
    region?.aws.destroy()
    await region?.running.close()
  }

  /** The others do not reach it, or do again. */
  reach(name: string, reachable: boolean): void {
    if (reachable) this.#cut.delete(name)
    else this.#cut.add(name)
  }

  async close(): Promise<void> {
    for (const name of [...this.#regions.keys()]) await this.lose(name)
    for (const peer of this.#peers) await peer.close()
  }

  #peer(name: string): RegionPeer {
    let opened: HttpRegionPeer | null = null
    const open = (): HttpRegionPeer => {
      const region = this.#regions.get(name)
      if (region === undefined || this.#cut.has(name))
        throw new HufuError('Unavailable', `expected region ${name} to answer, received nothing`)
      if (opened !== null) return opened
      const { accessKeyId, secretAccessKey } = region.running.root
      const credentials = { accessKeyId, secretAccessKey }
      const endpoint = region.running.server.url
      opened = httpRegionPeer({ endpoint, region: name, credentials, deadline: 200_000 })
      this.#peers.push(opened)
      return opened
    }
    return {
      replicaKey: async () => open().replicaKey(),
      putReplica: async (message) => open().putReplica(message),
    }
  }
}
