/** Who asks. */
export interface Principal {
  /** A user's, the root user's, or a role session's (`arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`). */
  readonly arn: string
  /** 12 digits. */
  readonly account: string
  /** A user's ARN by its uin, as CAM's policies name it. */
  readonly uinArn?: string
  /** The role of a role session: policies may name either. */
  readonly roleArn?: string
}

/** One question to the evaluator. */
export interface PolicyRequest {
  readonly principal: Principal
  /** `kms:Decrypt`. */
  readonly action: string
  /** The key's ARN; `*` for an action on no key. */
  readonly resource: string
  /** The account of the resource. */
  readonly account: string
  readonly context: ConditionValues
}

/** Condition keys as condition-keys.ts writes them; a key without values is not there. */
export type ConditionValues = Pick<ReadonlyMap<string, readonly string[]>, 'get'>

export const rootArn = (account: string): string => `arn:aws:iam::${account}:root`
