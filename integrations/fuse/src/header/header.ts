import { z } from 'zod'

/** The name of the header in the backing directory (docs/formats/volume.md). */
export const HEADER_FILE = 'hufu.volume'
/** The name of the header of a plain directory that is shown as a volume (docs/formats/volume-reverse.md). */
export const REVERSE_HEADER_FILE = '.hufu.volume'
export const HEADER_MAX = 1_048_576
export const RECIPIENTS_MAX = 64
export const VOLUME_KEY_SIZE = 32

const recipient = z.strictObject({ keyId: z.string().min(1).max(2048), wrappedKey: z.base64().min(1).max(8192) })

/** The first line of the header. */
export const headerSchema = z.strictObject({
  format: z.literal('hufu-volume'),
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits'),
  suite: z.enum(['AES-256-GCM', 'SM4-GCM']),
  blockSize: z.union([z.literal(4096), z.literal(65_536)]),
  features: z
    .array(z.enum(['integrity'], 'expected no features that this version does not know'))
    .max(1, 'expected each feature once'),
  recipients: z.array(recipient).min(1).max(RECIPIENTS_MAX),
})

export type VolumeHeader = z.infer<typeof headerSchema>
export type VolumeSuite = VolumeHeader['suite']
export type Recipient = VolumeHeader['recipients'][number]

/** Whether an older state of what is in the volume is found. */
export const hasIntegrity = ({ features }: Pick<VolumeHeader, 'features'>): boolean => features.includes('integrity')

/** The context under which every recipient wraps the volume key. */
export const headerContext = ({ id }: Pick<VolumeHeader, 'id'>) => ({ 'hufu:volume': id })
