// node main.mjs migrate | put EMAIL CITY | find EMAIL | order EMAIL CENTS
import { find, order, put } from './customers.mjs'
import { db } from './database.mjs'

const commands = {
  migrate: async () => (await db.migrate.latest())[1],
  put: (email, city) => put(email, { city }),
  find,
  order: (email, cents) => order(email, Number(cents)),
}

const [name, ...args] = process.argv.slice(2)
try {
  if (!Object.hasOwn(commands, name)) throw new Error(`expected ${Object.keys(commands).join(', ')}; received ${name}`)
  console.log(JSON.stringify((await commands[name](...args)) ?? null))
} catch (error) {
  console.error(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`)
  process.exitCode = 1
} finally {
  await db.destroy()
}
