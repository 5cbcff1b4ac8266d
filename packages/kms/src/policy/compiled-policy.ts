import { CompiledStatement, type Standing } from './compiled-statement.ts'
import type { Effect, Policy } from './policy.ts'
import type { PolicyRequest } from './request.ts'

/** Which statement decided. */
export interface StatementName {
  /** The name that the policy was compiled under. */
  readonly policy: string
  /** Its place in the policy, from 0. */
  readonly statement: number
  readonly sid: string | null
}

/** Actions are the rows of a table: more than these are somebody's nonsense, and are looked up each time. */
const MAX_REMEMBERED_ACTIONS = 1_024

type ByEffect = Readonly<Record<Effect, readonly CompiledStatement[]>>

/** A policy ready to be asked, for as long as it is attached. */
export class CompiledPolicy {
  readonly name: string
  readonly #statements: readonly CompiledStatement[]
  readonly #byAction = new Map<string, ByEffect>()

  constructor(name: string, { statements }: Policy) {
    this.name = name
    this.#statements = statements.map((statement, index) => new CompiledStatement(statement, index))
  }

  /** The first statement of the effect that applies with one of the standings; any when none are given. */
  find(effect: Effect, request: PolicyRequest, standings: readonly Standing[] = ANY): StatementName | null {
    for (const statement of this.#of(request.action)[effect])
      if (standings.includes(statement.standing(request)))
        return { policy: this.name, statement: statement.index, sid: statement.sid }
    return null
  }

  #of(action: string): ByEffect {
    const known = this.#byAction.get(action)
    if (known !== undefined) return known
    const statements = this.#statements.filter((statement) => statement.hasAction(action.toLowerCase()))
    const of = (effect: Effect) => statements.filter((statement) => statement.effect === effect)
    const found = { allow: of('allow'), deny: of('deny') }
    if (this.#byAction.size < MAX_REMEMBERED_ACTIONS) this.#byAction.set(action, found)
    return found
  }
}

const ANY: readonly Standing[] = ['session', 'named', 'account']
