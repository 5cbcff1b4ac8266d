import { HufuError } from '@hufu/wire'

/** The value cannot be one of the declared type. The message never holds the value itself. */
export class InvalidValue extends HufuError {
  constructor(type: string, expected: string) {
    super('InvalidParameter', `expected ${expected} for a column of type ${type}, received something else`)
    this.name = 'InvalidValue'
  }

  override get hint(): string {
    return 'pass what PostgreSQL would accept for the declared type, in ISO 8601 for dates and times'
  }
}
