import type { Action } from '../action.ts'
import { attachments } from './attachments.ts'
import { groups } from './groups.ts'
import { policies } from './policies.ts'
import { roles } from './roles.ts'
import { users } from './users.ts'

/** Tencent Cloud CAM, 2019-01-16. */
export const cam: readonly Action[] = [...users, ...groups, ...policies, ...attachments, ...roles]
