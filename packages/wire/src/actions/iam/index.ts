import type { Action } from '../action.ts'
import { accessKeys } from './access-keys.ts'
import { attachments } from './attachments.ts'
import { groups } from './groups.ts'
import { mfaDevices } from './mfa-devices.ts'
import { policies } from './policies.ts'
import { providers } from './providers.ts'
import { roles } from './roles.ts'
import { simulation } from './simulation.ts'
import { users } from './users.ts'

/** AWS IAM, 2010-05-08. */
export const iam: readonly Action[] = [
  ...users,
  ...accessKeys,
  ...groups,
  ...roles,
  ...policies,
  ...attachments,
  ...simulation,
  ...providers,
  ...mfaDevices,
]
