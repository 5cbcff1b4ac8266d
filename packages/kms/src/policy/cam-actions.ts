/** CAM's actions whose permission has another name. */
const renamed: Readonly<Record<string, string>> = {
  AddUser: 'CreateUser',
  UpdatePolicy: 'CreatePolicyVersion',
  DescribeRoleList: 'ListRoles',
  UpdateRoleDescription: 'UpdateRole',
  GetSecurityLastUsed: 'GetAccessKeyLastUsed',
  ListUsersForGroup: 'GetGroup',
}

const ACTION = /^cam:(\*|[A-Za-z]+)$/i

/** A CAM action by the permission that it needs here. Null for a pattern that would leave out those renamed. */
export function camAction(text: string): string | null {
  if (!/^cam:/i.test(text)) return text
  const name = ACTION.exec(text)?.[1]
  return name === undefined ? null : `iam:${renamed[name] ?? name}`
}
