import type { Knex } from 'knex'

/** One statement, so that of several who try at once one gets it. */
export async function claim(db: Knex, job: string, holder: string, now: number, until: number): Promise<boolean> {
  const taken = await db('claims')
    .insert({ job, holder, until })
    .onConflict('job')
    .merge({ holder, until })
    .where('claims.until', '<=', now)
    .returning('job')
  return taken.length > 0
}

export async function release(db: Knex, job: string, holder: string): Promise<void> {
  await db('claims').where({ job, holder }).delete()
}
