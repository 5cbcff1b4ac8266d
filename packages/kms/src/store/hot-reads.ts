import type { Database } from './database.ts'
import { toAccessKey, toKey, toVersion } from './rows.ts'
import type { Reads } from './store.ts'

const KEY = `select keys.*,
    (select name from aliases where key_id = keys.id order by created_at, name limit 1) as alias
  from keys where id = ?`

/** The reads that a request may wait for, as ready statements: they need no building, and on SQLite no turn. */
export const hotReads = ({
  first,
}: Database): Pick<Reads, 'key' | 'keyIdOfAlias' | 'version' | 'accessKey' | 'entry'> => ({
  async key(id) {
    const row = await first(KEY, [id])
    return row === null ? null : toKey(row)
  },
  async keyIdOfAlias(alias) {
    const row = await first('select key_id from aliases where name = ?', [alias])
    return row === null ? null : String(row.key_id)
  },
  async version(keyId, version) {
    const row = await first('select * from key_versions where key_id = ? and version = ?', [keyId, version])
    return row === null ? null : toVersion(row)
  },
  async accessKey(id) {
    const row = await first('select * from access_keys where id = ?', [id])
    return row === null ? null : toAccessKey(row)
  },
  async entry(kind, id) {
    const row = await first('select document from directory where kind = ? and id = ?', [kind, id])
    return row === null ? null : String(row.document)
  },
})
