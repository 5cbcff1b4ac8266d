/** Why one way failed. */
export interface FailedTry {
  readonly name: string
  readonly error: unknown
}

/** Every way was tried and failed, each for its own reason. */
export class AllFailed extends Error {
  readonly tries: readonly FailedTry[]

  constructor(tries: readonly FailedTry[]) {
    super(tries.length === 0 ? 'there was nothing to try' : tries.map(tell).join('; '))
    this.name = 'AllFailed'
    this.tries = tries
  }
}

const tell = ({ name, error }: FailedTry): string =>
  `${name}: ${error instanceof Error ? error.message : String(error)}`
