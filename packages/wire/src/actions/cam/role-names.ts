import { z } from 'zod'
import { HufuError } from '../../error.ts'
import type { KeyOperations } from '../../key-operations.ts'

/** CAM names a role by either. */
export const roleNames = { RoleId: z.string().max(64).optional(), RoleName: z.string().max(128).optional() }

export interface RoleNames {
  readonly RoleId?: string | undefined
  readonly RoleName?: string | undefined
}

export async function roleNameOf(keys: KeyOperations, { RoleId, RoleName }: RoleNames): Promise<string> {
  if (RoleName !== undefined && RoleName !== '') return RoleName
  if (RoleId !== undefined && /^\d{1,12}$/.test(RoleId)) return keys.nameOf('role', Number(RoleId))
  throw new HufuError('MissingParameter', 'expected a RoleId or a RoleName')
}
