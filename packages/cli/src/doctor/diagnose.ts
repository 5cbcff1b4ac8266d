import { CliError } from '../cli-error.ts'
import { findSystem, type System, type Whereabouts } from '../system/find-system.ts'
import { checkNode, checkPrivacy } from './machine-checks.ts'
import { checkClock, checkCredentials, checkKms, checkS3 } from './service-checks.ts'

/** What one check saw, or what is wrong and what to do about it. */
export interface Finding {
  readonly check: string
  readonly saw?: string
  readonly fault?: string
  readonly hint?: string
}

/** Every check, those of the system only where one is found. */
export async function diagnose(where: Whereabouts): Promise<readonly Finding[]> {
  const machine = [checkNode(), await checkPrivacy(where)]
  const system = await findSystem(where).catch((error: unknown) => {
    if (error instanceof CliError) return error
    throw error
  })
  if (system instanceof CliError) return [...machine, { check: 'system', fault: system.message, hint: system.hint }]
  return [...machine, ...(await checkSystem(system))]
}

const checkSystem = (system: System): Promise<readonly Finding[]> =>
  Promise.all([checkKms(system), checkClock(system), checkCredentials(system), checkS3(system)])
