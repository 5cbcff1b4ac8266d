import type { Area } from './area.ts'
import { hufuClient } from './sdk/hufu-client.ts'
import { hungRegion } from './sdk/hung-region.ts'
import { awsMessages, hufuMessages, rawMessages } from './sdk/messages.ts'
import { opensslGcm } from './sdk/openssl-speed.ts'
import { rate } from './sdk/rate.ts'
import { awsStreams, hufuStreams, type StreamWork } from './sdk/streams.ts'

const MIB = 2 ** 20

/**
 * The Encryption SDK with a cached data key, against AWS's for Node in its fastest suite, and against AES-256-GCM
 * by itself. A stream's figure is what it takes to seal and to open the same bytes, by a reader that is done with a chunk
 * before it asks on (`reuse`); of one that may keep them (`kept`) the results are new memory.
 */
export const sdk: Area = async ({ quick }) => {
  const milliseconds = quick ? 300 : 2_000
  const bytes = (quick ? 32 : 256) * MIB
  using hufu = hufuClient()
  const streams = (suite: 'aes' | 'gm', reuse = true) => hufuStreams(hufu, bytes, { suite, reuse })
  const aes = await measure(await streams('aes'), milliseconds)
  const sm4 = await measure(await streams('gm'), milliseconds)
  const kept = await measure(await streams('aes', false), milliseconds)
  const aws = await measure(await awsStreams(bytes), milliseconds)
  const openssl = opensslGcm(quick ? 1 : 3)
  const message = await rate(milliseconds, hufuMessages(hufu))
  const awsMessage = await rate(milliseconds, awsMessages)
  const rawMessage = await rate(milliseconds, rawMessages)
  const region = await hungRegion(quick ? 500 : 3_000)
  return {
    ratios: {
      stream_over_aws_esdk_best: both(aes) / both(aws),
      stream_over_openssl: both(aes) / openssl,
      stream_kept_over_aws_esdk_best: both(kept) / both(aws),
      stream_kept_over_openssl: both(kept) / openssl,
      msg1k_over_aws_esdk: message / awsMessage,
      msg1k_over_raw_gcm: message / rawMessage,
      sm4stream_over_aesstream: both(sm4) / both(aes),
      hung_region_p99_times: region.hung / region.healthy,
    },
    figures: {
      stream_seal_mib_per_s: aes.seal / MIB,
      stream_open_mib_per_s: aes.open / MIB,
      stream_kept_seal_mib_per_s: kept.seal / MIB,
      stream_kept_open_mib_per_s: kept.open / MIB,
      sm4_stream_seal_mib_per_s: sm4.seal / MIB,
      sm4_stream_open_mib_per_s: sm4.open / MIB,
      aws_esdk_stream_seal_mib_per_s: aws.seal / MIB,
      aws_esdk_stream_open_mib_per_s: aws.open / MIB,
      openssl_aes256gcm_mib_per_s: openssl / MIB,
      msg1k_per_s: message,
      aws_esdk_msg1k_per_s: awsMessage,
      raw_gcm_1k_per_s: rawMessage,
      three_regions_p99_ms: region.healthy,
      hung_region_p99_ms: region.hung,
    },
  }
}

interface Speeds {
  readonly seal: number
  readonly open: number
}

const measure = async (work: StreamWork, milliseconds: number): Promise<Speeds> => ({
  seal: await rate(milliseconds, work.seal),
  open: await rate(milliseconds, work.open),
})

/** Bytes a second through sealing and opening, one after the other, counted once: their harmonic mean. */
const both = ({ seal, open }: Speeds): number => 2 / (1 / seal + 1 / open)
