/** What the page says of the KMS: its store, token and audit all answer, or not, or nobody does. */
export async function stateOf(ask: () => Promise<Pick<Response, 'ok'>>): Promise<string> {
  try {
    return (await ask()).ok ? 'ready' : 'not ready: see the log of the KMS'
  } catch {
    return 'out of reach'
  }
}
