import type { Knex } from 'knex'

/** The first answers of requests that change something, sealed. */
export interface Answers {
  /** False when somebody claimed that id before, and it was neither dropped nor is over. */
  claimAnswer(id: string, until: number): Promise<boolean>
  /** Null while there is none. */
  answer(id: string): Promise<Uint8Array | null>
  keepAnswer(id: string, sealed: Uint8Array): Promise<void>
  dropAnswer(id: string): Promise<void>
  /** Those that are over at that time. */
  dropAnswersBefore(now: number): Promise<void>
}

/**
 * A claim is not flushed by itself: what it is for commits after it in the same log, and so is durable only with it.
 */
export const knexAnswers = (db: Knex): Answers => ({
  async claimAnswer(id, until) {
    const row = { id, until, sealed: null }
    return (await db('first_answers').insert(row).onConflict('id').ignore().returning('id')).length > 0
  },
  async answer(id) {
    const row = await db('first_answers').where({ id }).first('sealed')
    return (row?.sealed ?? null) as Uint8Array | null
  },
  async keepAnswer(id, sealed) {
    await db('first_answers')
      .where({ id })
      .update({ sealed: Buffer.from(sealed) })
  },
  async dropAnswer(id) {
    await db('first_answers').where({ id }).delete()
  },
  async dropAnswersBefore(now) {
    await db('first_answers').where('until', '<', now).delete()
  },
})
