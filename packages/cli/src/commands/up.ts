import { Command } from 'commander'
import { pino } from 'pino'
import { addTo } from '../sealed/repeated-options.ts'
import { banner } from '../up/banner.ts'
import { readSettings } from '../up/read-settings.ts'
import { settingSources } from '../up/settings.ts'
import { untilStopped } from '../up/until-stopped.ts'

export function upCommand(): Command {
  const command = new Command('up').description('run the KMS and the S3 proxy until told to stop')
  for (const { flag, argument, env, about, repeatable } of Object.values(settingSources)) {
    const [flags, description] = [`${flag} <${argument}>`, `${about} (${env})`]
    if (repeatable) command.option(flags, description, addTo)
    else command.option(flags, description)
  }
  return command
    .option('--config <FILE>', 'a JSON file with any of these settings (HUFU_CONFIG)')
    .option('--json', 'print one JSON object once it is ready')
    .action(up)
}

/** The services are loaded only here: every other command starts the faster for it. */
async function up({ json, ...flags }: Readonly<Record<string, unknown>>): Promise<void> {
  const settings = await readSettings(flags, process.env)
  const log = pino({ level: settings.log }, process.stderr)
  const stopped = untilStopped()
  const { startSystem } = await import('../up/start-system.ts')
  const system = await startSystem(settings, log)
  const { data, token, credentials } = system
  process.stdout.write(
    json === true ? `${JSON.stringify({ ready: true, data, token, ...credentials })}\n` : banner(system),
  )
  await stopped
  await system.close()
}
