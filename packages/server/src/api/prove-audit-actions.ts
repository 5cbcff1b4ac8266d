import { type Action, action } from '@hufu/wire'
import { z } from 'zod'
import type { KmsPort } from '../kms-port.ts'

const LINES_MAX = 1_000

const index = z.int().min(0)
const none = z.strictObject({}).transform(() => null)
const lines = z.strictObject({ Log: index, From: index, To: index })
const cut = z.strictObject({ Before: z.number().min(0) })

type Part = Awaited<ReturnType<KmsPort['proof']['beginExport']>>

/** What all of them are. */
const own = { changes: false, inServer: true } as const

/** `HufuService.BeginAuditExport`, `ReadAuditExport`, `CutAudit`, `GetAuditKey`. */
export const proveAuditActions = ({ proof }: Pick<KmsPort, 'proof'>): readonly Action[] => [
  action<null, string>({
    ...own,
    permission: 'kms:GetAuditKey',
    async call(keys) {
      await keys.authorise('kms:GetAuditKey')
      return proof.publicKey
    },
    aws: { name: 'HufuService.GetAuditKey', request: none, answer: (pem) => ({ PublicKey: pem }) },
  }),
  action<null, Part>({
    ...own,
    permission: 'kms:ExportAudit',
    async call(keys) {
      await keys.authorise('kms:ExportAudit')
      return proof.beginExport()
    },
    aws: {
      name: 'HufuService.BeginAuditExport',
      request: none,
      answer: ({ line, logs }) => ({
        Line: line,
        Logs: logs.map(({ log, from, size }) => ({ Log: log, From: from, Size: size })),
      }),
    },
  }),
  action<z.infer<typeof lines>, readonly string[]>({
    ...own,
    permission: 'kms:ExportAudit',
    async call(keys, { Log, From, To }) {
      await keys.authorise('kms:ExportAudit')
      return proof.exportLines(Log, From, To, LINES_MAX)
    },
    aws: { name: 'HufuService.ReadAuditExport', request: lines, answer: (Lines) => ({ Lines }) },
  }),
  action<z.infer<typeof cut>, Awaited<ReturnType<KmsPort['proof']['cut']>>>({
    ...own,
    permission: 'kms:CutAudit',
    changes: true,
    async call(keys, { Before }) {
      await keys.authorise('kms:CutAudit')
      return proof.cut(Before * 1000)
    },
    aws: {
      name: 'HufuService.CutAudit',
      request: cut,
      answer: (cuts) => ({ Cuts: cuts.map(({ log, size }) => ({ Log: log, Size: size })) }),
    },
  }),
]
