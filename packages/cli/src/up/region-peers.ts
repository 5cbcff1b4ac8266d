import { type HttpRegionPeer, httpRegionPeer } from '@hufu/sdk'
import type { RegionPeer } from '@hufu/wire'
import { type RegionEntry, regionEntries } from '../sealed/regions-file.ts'
import { httpOptions } from '../system/find-system.ts'
import type { Settings } from './settings.ts'

export interface RegionPeers {
  readonly peers: ReadonlyMap<string, RegionPeer>
  close(): Promise<void>
}

/** The other regions of the regions file. Their credentials are read at first need: they may start after this one. */
export async function regionPeers({ regions: file, region, ca }: Settings): Promise<RegionPeers> {
  const entries = file === undefined ? [] : await regionEntries(file, ca === undefined ? {} : { ca })
  const peers = entries.filter(({ name }) => name !== region).map((entry) => [entry.name, new LatePeer(entry)] as const)
  return {
    peers: new Map(peers),
    async close() {
      for (const [, peer] of peers) await peer.close()
    },
  }
}

class LatePeer implements RegionPeer {
  readonly #entry: RegionEntry
  #peer: HttpRegionPeer | null = null

  constructor(entry: RegionEntry) {
    this.#entry = entry
  }

  async replicaKey(): Promise<Uint8Array> {
    return (await this.#open()).replicaKey()
  }

  async putReplica(message: Parameters<RegionPeer['putReplica']>[0]): ReturnType<RegionPeer['putReplica']> {
    return (await this.#open()).putReplica(message)
  }

  async close(): Promise<void> {
    await this.#peer?.close()
  }

  async #open(): Promise<HttpRegionPeer> {
    if (this.#peer !== null) return this.#peer
    // Regions prove their keys to each other by secrets, which certificates have none of.
    const { certificate: _, ...system } = await this.#entry.read()
    this.#peer ??= httpRegionPeer(httpOptions(system))
    return this.#peer
  }
}
