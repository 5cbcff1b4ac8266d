import type { FieldDef, PoolClient } from 'pg'

/** What the server says of a statement without running it. */
export interface Described {
  /** `pg_type.oid` of each parameter, as the server infers it. */
  readonly parameters: readonly number[]
  readonly fields: readonly FieldDef[]
}

interface WireConnection {
  parse(statement: { text: string; name: string; types: number[] }): void
  describe(what: { type: 'S'; name: string }): void
  sync(): void
  once(event: 'parameterDescription', listener: (message: { dataTypeIDs: number[] }) => void): void
  removeAllListeners(event: 'parameterDescription'): void
}

/** Parse and Describe of the wire protocol. Rejects with the server's error for what it does not accept. */
export function describeStatement(client: PoolClient, text: string): Promise<Described> {
  return new Promise((resolve, reject) => {
    let parameters: readonly number[] = []
    let fields: readonly FieldDef[] = []
    const query = {
      submit(connection: WireConnection) {
        connection.removeAllListeners('parameterDescription')
        connection.once('parameterDescription', ({ dataTypeIDs }) => {
          parameters = dataTypeIDs
        })
        connection.parse({ text, name: '', types: [] })
        connection.describe({ type: 'S', name: '' })
        connection.sync()
      },
      handleRowDescription(message: { fields: FieldDef[] }) {
        fields = message.fields
      },
      handleError: reject,
      handleReadyForQuery: () => resolve({ parameters, fields }),
    }
    client.query(query as unknown as string)
  })
}
