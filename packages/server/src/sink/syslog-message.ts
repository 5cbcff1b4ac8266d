import { hostname } from 'node:os'

/** RFC 5424 section 6.2.1: facility 13, log audit; severity 6 for what was done, 5 for what was refused or failed. */
const priority = (outcome: unknown): number => 13 * 8 + (outcome === 'ok' ? 6 : 5)

/** PRINTUSASCII of a length at most, or the nil value. */
const field = (text: string, max: number): string => text.replace(/[^\x21-\x7e]/g, '_').slice(0, max) || '-'

/** One record as a message of RFC 5424; MSGID is the action, MSG the canonical record in UTF-8. */
export function syslogMessage(text: string): Buffer {
  const { action, outcome, recordedAt } = JSON.parse(text)
  const time = new Date(Number(recordedAt)).toISOString()
  const msgid = field(String(action), 32)
  return Buffer.from(`<${priority(outcome)}>1 ${time} ${field(hostname(), 255)} hufu ${process.pid} ${msgid} - ${text}`)
}

/** RFC 6587 section 3.4.1 and RFC 5425 section 4.3: the length in octets, a space, the message. */
export const octetCounted = (message: Buffer): Buffer => Buffer.concat([Buffer.from(`${message.length} `), message])
