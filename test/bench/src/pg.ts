import type { Area } from './area.ts'
import { cellFigures } from './pg/cell.ts'
import { oltp } from './pg/oltp.ts'
import { select10k } from './pg/select.ts'
import { startTwins } from './pg/twins.ts'

/** Encrypted columns against plain pg, on one server, through TCP on the loopback, pool of 8, warm cache. */
export const pg: Area = async ({ quick }) => {
  const twins = await startTwins()
  try {
    const transactions = await oltp(twins, quick)
    const rows = await select10k(twins, quick)
    const cells = await cellFigures(quick)
    return {
      ratios: {
        oltp_over_plain: transactions.encrypted / transactions.plain,
        unencrypted_over_plain: transactions.unencrypted / transactions.unencryptedPlain,
        select10k_times: rows.encrypted / rows.plain,
        cell_over_cloak: cells.cloak / cells.cell,
      },
      figures: {
        oltp_encrypted_per_s: transactions.encrypted,
        oltp_plain_per_s: transactions.plain,
        unencrypted_per_s: transactions.unencrypted,
        unencrypted_plain_per_s: transactions.unencryptedPlain,
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
