import type { Area } from './area.ts'
import { cellFigures } from './pg/cell.ts'
import { coldCalls } from './pg/cold.ts'
import { oltp } from './pg/oltp.ts'
import { select10k } from './pg/select.ts'
import { startTwins } from './pg/twins.ts'

const targets = {
  oltp_over_plain: 0.8,
  unencrypted_over_plain: 0.97,
  select10k_times: 3,
  cell_over_cloak: 5,
  cold_kms_calls_per_key_times: 1,
}

/** Encrypted columns against plain pg, on one server, through TCP on the loopback, pool of 8, warm cache. */
export const pg: Area = async ({ quick }) => {
  const twins = await startTwins()
  try {
    const transactions = await oltp(twins, quick)
    const rows = await select10k(twins, quick)
    const calls = await coldCalls(twins)
    const cells = await cellFigures(quick)
    return {
      ratios: {
        oltp_over_plain: transactions.people.ratio,
        unencrypted_over_plain: transactions.notes.ratio,
        select10k_times: rows.encrypted / rows.plain,
        cell_over_cloak: cells.cloak / cells.cell,
        cold_kms_calls_per_key_times: calls,
      },
      targets,
      figures: {
        oltp_encrypted_per_s: transactions.people.encrypted,
        oltp_plain_per_s: transactions.people.plain,
        unencrypted_per_s: transactions.notes.encrypted,
        unencrypted_plain_per_s: transactions.notes.plain,
        select10k_encrypted_ms: rows.encrypted,
        select10k_plain_ms: rows.plain,
        cell_seal_and_index_us: cells.cell,
        cloak_encrypt_us: cells.cloak,
      },
    }
  } finally {
    await twins.stop()
  }
}
