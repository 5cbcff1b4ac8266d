import { type HttpAuthority, type HttpKeyService, httpAuthority, httpKeyService } from '@hufu/sdk'
import type { KeyEvents } from '@hufu/wire'
import type { Command } from 'commander'
import { type SystemOptions, systemOptions } from '../system/connect.ts'
import { findSystem, httpOptions } from '../system/find-system.ts'

/** What a volume needs of the running system. */
export interface VolumeClient extends AsyncDisposable {
  readonly service: HttpKeyService
  readonly events: KeyEvents
}

export const volumeOptions = (command: Command): Command => systemOptions(command)

export async function volumeClient(options: SystemOptions): Promise<VolumeClient> {
  const http = httpOptions(await findSystem(options))
  const service = httpKeyService(http)
  const authority: HttpAuthority = httpAuthority({ ...http, via: 'volume' })
  return {
    service,
    events: authority.events,
    async [Symbol.asyncDispose]() {
      await authority.close()
      await service.close()
    },
  }
}
