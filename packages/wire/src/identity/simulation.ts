/** One question to the evaluator, and the policies to ask when they are not those of a principal. */
export interface SimulateInput {
  /** ARN of a user, group or role; absent for a custom simulation. */
  readonly principal?: string
  /** Policy documents in addition. */
  readonly policies: readonly string[]
  readonly actions: readonly string[]
  /** `*` when empty. */
  readonly resources: readonly string[]
  /** The ARN of whoever would ask. */
  readonly callerArn?: string
  readonly keyPolicy?: string
  /** Condition keys and their values. */
  readonly context: Readonly<Record<string, readonly string[]>>
}

export interface SimulatedDecision {
  readonly action: string
  readonly resource: string
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  readonly reason: string
  /** The statement that decided. */
  readonly by: { readonly policy: string; readonly statement: number; readonly sid: string | null } | null
}

/** Questions to the evaluator. */
export interface SimulationOperations {
  simulate(input: SimulateInput): Promise<readonly SimulatedDecision[]>
}
