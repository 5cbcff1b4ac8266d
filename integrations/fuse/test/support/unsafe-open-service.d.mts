import type { KeyService } from '@hufu/wire'

export const unsafeOpenService: KeyService
