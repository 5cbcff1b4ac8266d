import { db } from './database.mjs'

/** Adds a customer, or gives the one of that email another address. Resolves to the id. */
export async function put(email, address) {
  const [{ id }] = await db('customers').insert({ email, address }).onConflict('email').merge().returning('id')
  return id
}

/** The customer and what was ordered; null when there is none. */
export async function find(email) {
  const customer = await db('customers').where({ email }).first()
  if (customer === undefined) return null
  const { sum } = await db('orders').where({ customer_id: customer.id }).sum('cents').first()
  return { ...customer, cents: Number(sum) }
}

/** An order and the customer who may be new, in one transaction. */
export async function order(email, cents) {
  await db.transaction(async (transaction) => {
    const known = await transaction('customers').select('id').where({ email }).first()
    const { id } = known ?? (await transaction('customers').insert({ email }).returning('id'))[0]
    await transaction('orders').insert({ customer_id: id, cents })
  })
}
