/**
 * Every way in which a statement on encrypted columns is refused: what was met, and the way out.
 * docs/postgres-refusals.md is made from this table.
 */
export const refusals = {
  AggregateFunction: {
    construct: 'an aggregate of the column: `min`, `max`, `array_agg`, `string_agg` …',
    wayOut: 'use count(column) or count(distinct column), or aggregate in the application',
  },
  AlterColumn: {
    construct: '`ALTER TABLE` that changes the type, default or constraints of the column',
    wayOut: 'change the declaration and run: hufu pg plan, then hufu pg apply',
  },
  AmbiguousName: {
    construct: 'a name that may be the encrypted one or another',
    wayOut: 'qualify it: schema.table, or table.column',
  },
  Case: {
    construct: '`CASE` or `NULLIF` on the column',
    wayOut: 'select the column itself and choose in the application',
  },
  Cast: {
    construct: 'a cast of the column, or of its parameter to another type than the declared one',
    wayOut: 'leave the cast out: values come back in the declared type',
  },
  Coalesce: {
    construct: '`COALESCE`, `GREATEST` or `LEAST` with the column',
    wayOut: 'select the column itself and substitute in the application',
  },
  Copy: {
    construct: '`COPY` of a table with encrypted columns',
    wayOut: 'use INSERT with several rows, or SELECT, for the encrypted columns',
  },
  CopyCell: {
    construct: 'a cell moved to another column, table or row inside the server',
    wayOut: 'read the value and write it by a parameter: a cell is bound to its column',
  },
  CreateFrom: {
    construct: '`CREATE TABLE AS`, `SELECT INTO` or a materialised view of the column',
    wayOut: 'create the table, declare its column as encrypted, and insert by parameters',
  },
  CreateIndex: {
    construct: '`CREATE INDEX` on the column',
    wayOut: "declare search: ['equality'] (and unique: true), then hufu pg apply makes the index",
  },
  Distinct: {
    construct: '`DISTINCT` over `*` or over columns that cannot be told apart',
    wayOut: 'name the columns in the select list',
  },
  Expression: {
    construct: 'the column compared with something other than a parameter or a column of its key group',
    wayOut: 'pass the value as a parameter',
  },
  Function: {
    construct: 'the column as an argument of a function',
    wayOut: 'select the column itself and compute in the application',
  },
  GroupBy: {
    construct: '`GROUP BY` in a form that has no equality: rollup, cube, grouping sets, an expression',
    wayOut: 'group by the column itself',
  },
  KeyGroup: {
    construct: 'two encrypted columns of different key groups compared with each other',
    wayOut: 'declare both with the same `group` before they are encrypted; hufu pg revert takes an encrypted one back',
  },
  Like: {
    construct: '`LIKE`, `ILIKE`, `SIMILAR TO` or a regular expression on the column',
    wayOut: "declare search: ['prefix'] for column LIKE $1, or keep what is searched by pattern in a plain column",
  },
  Literal: {
    construct: 'a literal in the SQL text, written to the column or compared with it',
    wayOut: 'pass the value as a parameter: $1 in pg, ? in knex.raw',
  },
  Merge: {
    construct: '`MERGE` on a table with encrypted columns',
    wayOut: 'use INSERT … ON CONFLICT',
  },
  NotSearchable: {
    construct: 'equality on a column without an index',
    wayOut: "declare search: ['equality'] before the column is encrypted; hufu pg revert takes an encrypted one back",
  },
  Operator: {
    construct: 'an operator other than `=`, `<>`, `IN`, `= ANY`, `IS [NOT] DISTINCT FROM`, `IS NULL`',
    wayOut: 'filter by equality, and do the rest in the application',
  },
  OrderBy: {
    construct: '`ORDER BY` the column',
    wayOut: 'order by another column, or sort in the application',
  },
  ParameterCount: {
    construct: 'another number of values than the statement has parameters',
    wayOut: 'pass one value for each parameter',
  },
  Pattern: {
    construct:
      'a search by prefix or words with another value than 3 to 20 literal characters and `%`, or a text with words',
    wayOut: 'pass a pattern like abc% (3 to 20 characters, wildcards escaped), or at least one word',
  },
  Prepare: {
    construct: '`PREPARE` in SQL text',
    wayOut: 'name the statement in the driver: query({ name, text, values })',
  },
  Range: {
    construct: 'a range: `<`, `<=`, `>`, `>=`, `BETWEEN`',
    wayOut: 'keep a coarse plain column (a year, a bucket) for ranges, and filter exactly in the application',
  },
  RowNeeded: {
    construct: 'a value bound to its row where the statement does not fix the row',
    wayOut: 'give the row column as a parameter in the same VALUES row, or compare it in WHERE with AND',
  },
  SetOperation: {
    construct: '`UNION`, `INTERSECT` or `EXCEPT` that compares the column, or mixes it with a plain one',
    wayOut: 'use UNION ALL of columns of the same type, and remove duplicates in the application',
  },
  Star: {
    construct: '`*` in a sub-select over a column bound to tenant or row',
    wayOut: 'name the columns in the select list',
  },
  Statement: {
    construct: 'a statement that is not known to be safe on encrypted columns',
    wayOut: 'use SELECT, INSERT, UPDATE or DELETE',
  },
  Syntax: {
    construct: 'a statement that the parser of PostgreSQL 18 does not understand',
    wayOut: 'correct the syntax; nothing was sent',
  },
  TenantNeeded: {
    construct: "a tenant's value where the statement does not fix the tenant",
    wayOut: 'give the tenant column as a parameter in the same VALUES row, or compare it in WHERE with AND',
  },
  Using: {
    construct: '`JOIN … USING` or `NATURAL JOIN` on the column, or a join under an alias',
    wayOut: 'write ON a.column = b.column, and give the tables their aliases',
  },
  View: {
    construct: 'a view that does more with the column than select it',
    wayOut: 'select from the table',
  },
  WholeRow: {
    construct: 'the whole row as one value: row_to_json(t), t::text, SELECT t',
    wayOut: 'name the columns',
  },
  WordSearch: {
    construct: '`hufu.words` on a column without word search',
    wayOut: "declare search: ['words'] before the column is encrypted; hufu pg revert takes an encrypted one back",
  },
} as const satisfies Record<string, { construct: string; wayOut: string }>

export type Refusal = keyof typeof refusals
