import { HttpKeyEvents } from '../authority/http-key-events.ts'
import { awsKeyService } from '../key-service/aws-key-service.ts'
import { AwsApi } from '../wire/aws-api.ts'
import { apiOptions, type HttpOptions } from '../wire/http-options.ts'
import type { RegionOptions } from './region.ts'

export interface HufuRegionOptions extends HttpOptions {
  /** What keys are prefixed with; the region that requests are signed for unless told. */
  readonly name?: string
  /** Whether to hear changes of keys, so that a disabled key stops working here within a second. True unless told. */
  readonly events?: boolean
}

/** A region that holds connections. */
export interface OpenRegion extends RegionOptions {
  close(): Promise<void>
}

/** A Hufu over HTTP(S), with its stream of key changes. */
export function hufuRegion({ name, events = true, ...http }: HufuRegionOptions): OpenRegion {
  const options = apiOptions(http)
  const api = new AwsApi(options)
  const stream = events ? new HttpKeyEvents(api, options.connection) : null
  return {
    name: name ?? http.region,
    provider: 'hufu',
    keys: awsKeyService(api),
    ...(stream === null ? {} : { events: stream }),
    async close() {
      await stream?.close()
      await options.connection.close()
    },
  }
}
