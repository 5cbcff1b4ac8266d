import { awsAccess, awsAccessCases } from './aws-access-cases.ts'
import { awsImportCases, awsManagement, awsManagementCases } from './aws-management-cases.ts'
import { awsUseCases, awsUses } from './aws-use-cases.ts'
import type { Case } from './case.ts'
import { onKeyCases } from './on-key.ts'

/** Every case of the AWS dialect, the same for each of its clients. */
export const awsCases: readonly Case[] = [
  ...[...awsUses, ...awsManagement, ...awsAccess].flatMap(onKeyCases),
  ...awsUseCases,
  ...awsManagementCases,
  ...awsImportCases,
  ...awsAccessCases,
]
