import type { Random } from './random.ts'

export interface Generated {
  readonly sql: string
  readonly values: unknown[]
}

interface Column {
  readonly name: string
  readonly values: readonly unknown[]
}

const emails = ['ann@x.org', 'bob@x.org', 'eve@x.org', 'Ünï@x.org', '', null]
const ages = [0, 7, 42, -3, null]
// One scale: of equal numbers of different scales PostgreSQL is free to show either for a group.
const totals = ['1.5', '7.5', 2, '-0.25', null]
const names = ['ann', 'bob', 'x', null]
const patterns = ['ann%', 'bob@%', 'eve@x.org%', 'Ünï%', 'nobody%', '%x', 'a%']
const ids = [1, 2, 3, 4, 5, 6]

const columns: Record<string, Column[]> = {
  users: [
    { name: 'id', values: ids },
    { name: 'email', values: emails },
    { name: 'name', values: names },
    { name: 'age', values: ages },
    { name: 'note', values: names },
  ],
  orders: [
    { name: 'id', values: ids },
    { name: 'user_id', values: ids },
    { name: 'email', values: emails },
    { name: 'total', values: totals },
  ],
}

/** Builds one statement: what an application might write, and much that it should not. */
export class StatementBuilder {
  readonly #random: Random
  readonly #values: unknown[] = []

  constructor(random: Random) {
    this.#random = random
  }

  build(): Generated {
    const roll = this.#random.below(100)
    const sql =
      roll < 62
        ? this.#select(2)
        : roll < 70
          ? this.#union()
          : roll < 76
            ? this.#with()
            : roll < 86
              ? this.#insert()
              : roll < 95
                ? this.#update()
                : this.#delete()
    return { sql, values: this.#values }
  }

  #parameter(value: unknown): string {
    this.#values.push(value)
    return `$${this.#values.length}`
  }

  #column(table: string): Column {
    return this.#random.pick(columns[table] ?? [])
  }

  /** A table under an alias, perhaps joined with the other one. */
  #from(): { text: string; aliases: [string, string][] } {
    const random = this.#random
    if (random.chance(60)) {
      const table = random.pick(['users', 'orders'])
      return { text: `${table} ${table[0]}`, aliases: [[table[0] ?? '', table]] }
    }
    const on = random.pick([
      'u.id = o.user_id',
      'u.email = o.email',
      'u.email = o.email AND u.id = o.id',
      'u.name = o.email',
    ])
    const kind = random.pick(['JOIN', 'LEFT JOIN', 'INNER JOIN'])
    if (random.chance(8))
      return {
        text: `users u ${kind} orders o USING (${random.pick(['id', 'email'])})`,
        aliases: [
          ['u', 'users'],
          ['o', 'orders'],
        ],
      }
    return {
      text: `users u ${kind} orders o ON ${on}`,
      aliases: [
        ['u', 'users'],
        ['o', 'orders'],
      ],
    }
  }

  #select(depth: number): string {
    const random = this.#random
    const { text, aliases } = this.#from()
    const where = random.chance(70) ? ` WHERE ${this.#condition(aliases, depth)}` : ''
    if (random.chance(20)) return this.#grouped(text, aliases, where)
    const targets = random.chance(20)
      ? random.pick(['*', ...aliases.map(([alias]) => `${alias}.*`)])
      : this.#targets(aliases, depth)
    const distinct = random.chance(15) ? 'DISTINCT ' : ''
    const order = random.chance(8) ? ` ORDER BY ${aliases[0]?.[0]}.${random.pick(['email', 'id'])}` : ''
    return `SELECT ${distinct}${targets} FROM ${text}${where}${order}`
  }

  #grouped(from: string, aliases: [string, string][], where: string): string {
    const [alias, table] = this.#random.pick(aliases)
    const key = `${alias}.${this.#column(table).name}`
    const other = `${alias}.${this.#column(table).name}`
    const having = this.#random.chance(25) ? ` HAVING count(*) > ${this.#parameter(1)}` : ''
    const count = this.#random.pick(['count(*)', `count(${other})`, `count(DISTINCT ${other})`, `min(${other})`])
    const by = this.#random.pick([key, '1', key])
    return `SELECT ${key} AS k, ${count} AS n FROM ${from}${where} GROUP BY ${by}${having}`
  }

  #targets(aliases: [string, string][], depth: number): string {
    const count = 1 + this.#random.below(3)
    return Array.from({ length: count }, (_, i) => `${this.#target(aliases, depth)} AS c${i}`).join(', ')
  }

  #target(aliases: [string, string][], depth: number): string {
    const random = this.#random
    const [alias, table] = random.pick(aliases)
    const name = `${alias}.${this.#column(table).name}`
    const roll = random.below(100)
    if (roll < 75) return name
    if (roll < 80 && depth > 0)
      return `(SELECT s.email FROM ${random.pick(['users', 'orders'])} s WHERE s.id = ${alias}.id)`
    return random.pick([
      `coalesce(${name}, ${name})`,
      `CASE WHEN ${alias}.id > 2 THEN ${name} END`,
      `lower(${alias}.email)`,
      `${alias}.email || 'x'`,
      `${name}::text`,
      `${name} IS NULL`,
      `${alias}.email = ${this.#parameter(random.pick(emails))}`,
      `max(${name}) OVER ()`,
      `count(*) OVER (PARTITION BY ${name})`,
      `length(${alias}.email)`,
      `to_json(${alias})::text`,
    ])
  }

  #condition(aliases: [string, string][], depth: number): string {
    const random = this.#random
    if (depth > 0 && random.chance(25)) {
      const joined = `(${this.#condition(aliases, depth - 1)}) ${random.pick(['AND', 'OR'])} (${this.#condition(aliases, depth - 1)})`
      return random.chance(20) ? `NOT (${joined})` : joined
    }
    const [alias, table] = random.pick(aliases)
    const column = this.#column(table)
    const name = `${alias}.${column.name}`
    const value = () => random.pick(column.values)
    const roll = random.below(100)
    if (roll < 26) return `${name} = ${this.#parameter(value())}`
    if (roll < 32) return `${this.#parameter(value())} = ${name}`
    if (roll < 38) return `${name} <> ${this.#parameter(value())}`
    if (roll < 46)
      return `${name} ${random.pick(['IN', 'NOT IN'])} (${this.#parameter(value())}, ${this.#parameter(value())})`
    if (roll < 51) return `${name} = ANY(${this.#parameter([value(), value()])})`
    if (roll < 53) return `${name} <> ALL(${this.#parameter([value(), value()])})`
    if (roll < 60) return `${name} IS ${random.pick(['NULL', 'NOT NULL'])}`
    if (roll < 64) return `${name} IS ${random.pick(['DISTINCT', 'NOT DISTINCT'])} FROM ${this.#parameter(value())}`
    if (roll < 69)
      return `${alias}.email IN (SELECT s.email FROM ${random.pick(['users', 'orders'])} s WHERE s.id < ${this.#parameter(random.pick(ids))})`
    if (roll < 74) return `EXISTS (SELECT 1 FROM orders s WHERE s.email = ${alias}.email AND s.id <> ${alias}.id)`
    if (roll < 78)
      return `(${alias}.email, ${alias}.id) = (${this.#parameter(random.pick(emails))}, ${this.#parameter(random.pick(ids))})`
    if (roll < 81)
      return `(${alias}.email, ${alias}.id) IN ((${this.#parameter(random.pick(emails))}, ${this.#parameter(random.pick(ids))}))`
    if (roll < 83) return `${alias}.email LIKE ${this.#parameter(random.pick(patterns))}`
    if (roll < 86)
      return `${alias}.email = (SELECT s.email FROM users s WHERE s.id = ${this.#parameter(random.pick(ids))})`
    return random.pick([
      `${alias}.email LIKE '%x%'`,
      `${alias}.email > 'b'`,
      `${alias}.email = 'ann@x.org'`,
      `${alias}.email BETWEEN 'a' AND 'c'`,
      `coalesce(${alias}.email, '') = ''`,
      `${alias}.email ~ 'x'`,
      `lower(${alias}.email) = ${this.#parameter('ann@x.org')}`,
      `${alias}.email = ${alias}.email`,
      `${name} = ${name}`,
      `${alias}.id = ${this.#parameter(random.pick(ids))}`,
      `nullif(${alias}.email, '') IS NULL`,
    ])
  }

  #union(): string {
    const all = this.#random.pick(['UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT', 'UNION ALL'])
    const pick = () =>
      this.#random.pick([
        'SELECT email FROM users',
        'SELECT email FROM orders',
        'SELECT name FROM users',
        'SELECT o.email FROM orders o WHERE o.id > 2',
      ])
    return `${pick()} ${all} ${pick()}`
  }

  #with(): string {
    const inner = this.#random.pick([
      'SELECT id AS i, email AS e, age AS a FROM users',
      'SELECT id, email, age FROM users WHERE name IS NOT NULL',
      'SELECT * FROM (SELECT id, email, age FROM users) z',
    ])
    const condition = this.#random.pick([
      `w.e = ${this.#parameter(this.#random.pick(emails))}`,
      `w.i IN (1, 2, 3) AND ${this.#parameter(1)} = 1`,
    ])
    return `WITH w (i, e, a) AS (${inner}) SELECT ${this.#random.pick(['w.e', '*', 'w.i, w.a', 'count(DISTINCT w.e)'])} FROM w WHERE ${condition}`
  }

  #insert(): string {
    const table = this.#random.pick(['users', 'orders'])
    const list = (columns[table] ?? []).filter(({ name }) => name !== 'id')
    const rows = Array.from(
      { length: 1 + this.#random.below(2) },
      () => `(${list.map(({ values }) => this.#parameter(this.#random.pick(values))).join(', ')})`,
    )
    const conflict = this.#random.chance(30)
      ? this.#random.pick([' ON CONFLICT DO NOTHING', ` ON CONFLICT (id) DO UPDATE SET email = excluded.email`])
      : ''
    return `INSERT INTO ${table} (${list.map(({ name }) => name).join(', ')}) VALUES ${rows.join(', ')}${conflict} RETURNING ${this.#random.pick(['*', 'email', 'email AS e, id'])}`
  }

  #update(): string {
    const table = this.#random.pick(['users', 'orders'])
    const column = this.#random.pick((columns[table] ?? []).filter(({ name }) => name !== 'id'))
    const set = this.#random.pick([
      `${column.name} = ${this.#parameter(this.#random.pick(column.values))}`,
      `${column.name} = ${this.#parameter(this.#random.pick(column.values))}`,
      `email = t.email`,
      `email = 'literal'`,
      `email = lower(t.email)`,
      `email = NULL`,
    ])
    const where = `t.id = ${this.#parameter(this.#random.pick(ids))} AND ${this.#condition([['t', table]], 0)}`
    return `UPDATE ${table} t SET ${set} WHERE ${where} RETURNING t.*`
  }

  #delete(): string {
    const table = this.#random.pick(['users', 'orders'])
    return `DELETE FROM ${table} t WHERE t.id > ${this.#parameter(8)} AND ${this.#condition([['t', table]], 0)} RETURNING *`
  }
}
