import { readFile } from 'node:fs/promises'
import type { z } from 'zod'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { type SettingName, type Settings, settingSources, settingsSchema } from './settings.ts'

interface Given {
  readonly value: unknown
  /** What the user typed or wrote it as. */
  readonly origin: string
}

/** Flags win over the environment, which wins over the config file. Throws `CliError` that names what is wrong. */
export async function readSettings(
  flags: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): Promise<Settings> {
  const given = new Map<string, Given>()
  const file = flags.config ?? env.HUFU_CONFIG
  if (typeof file === 'string') for (const [name, value] of await readConfig(file)) given.set(name, value)
  for (const [name, { flag, env: variable }] of Object.entries(settingSources)) {
    if (env[variable]) given.set(name, { value: env[variable], origin: `${name} (${variable})` })
    if (flags[name] !== undefined) given.set(name, { value: flags[name], origin: `${name} (${flag})` })
  }
  return together(parse(given))
}

type GivenSettings = ReadonlyMap<string, Given>

function parse(given: GivenSettings): Settings {
  const result = settingsSchema.safeParse(Object.fromEntries([...given].map(([name, { value }]) => [name, value])))
  if (result.success) return result.data
  throw wrongSetting(result.error.issues[0], given)
}

function together(settings: Settings): Settings {
  const { only, kmsEndpoint } = settings
  if (only === 's3' && kmsEndpoint === undefined)
    throw usage('expected kmsEndpoint when only the S3 proxy runs', 'add --kms-endpoint URL')
  if (only !== 's3' && kmsEndpoint !== undefined)
    throw usage('expected kmsEndpoint only where the S3 proxy runs alone', 'add --only s3, or leave it out')
  return settings
}

function wrongSetting(issue: z.core.$ZodIssue | undefined, given: GivenSettings): CliError {
  if (issue?.code === 'unrecognized_keys') {
    const [name = ''] = issue.keys
    return usage(`unknown setting ${given.get(name)?.origin ?? name}`, `the settings are: ${names.join(', ')}`)
  }
  const name = String(issue?.path[0])
  const received = JSON.stringify(given.get(name)?.value)
  const about = settingSources[name as SettingName]?.about
  return usage(`${given.get(name)?.origin ?? name}: ${issue?.message}, received ${received}`, `${name} is ${about}`)
}

const names = Object.keys(settingSources)

/** The settings of the file, all of them good in themselves, also those that a flag overrides. */
async function readConfig(file: string): Promise<GivenSettings> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw usage(
      `can not read the config file ${file}: ${cause.message}`,
      'give a readable JSON file to --config',
      cause,
    )
  })
  const config = parseJson(text, file)
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw usage(`expected one JSON object in ${file}`, 'write it as {"kmsPort": 7350}')
  const given = new Map(
    Object.entries(config).map(([name, value]) => [name, { value, origin: `${name} in ${file}` }] as const),
  )
  parse(given)
  return given
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw usage(`expected JSON in ${file}: ${String(cause)}`, 'write it as {"kmsPort": 7350}', cause)
  }
}

const usage = (message: string, hint: string, cause?: unknown): CliError =>
  new CliError(exitCode.usage, message, hint, { cause })
