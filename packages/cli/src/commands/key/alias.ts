import { Command } from 'commander'
import { z } from 'zod'
import { camelCase } from '../../output/camel-case.ts'
import { printList, printObject, type Row } from '../../output/result.ts'
import { type SystemOptions, systemOptions, withApi } from '../../system/connect.ts'
import { once } from './change-command.ts'

const aliasName = (name: string): string => (name.startsWith('alias/') ? name : `alias/${name}`)

const page = z.object({
  Aliases: z.array(z.looseObject({ AliasName: z.string(), TargetKeyId: z.string() })),
  NextMarker: z.string().optional(),
})

/** Names of keys: a key may have several, each names one key. */
export function aliasCommand(): Command {
  const command = new Command('alias').description('list, make, move and delete names of keys')
  for (const each of [listAliases(), setAlias('create', 'name a key', 'CreateAlias'), moveAlias(), deleteAlias()])
    command.addCommand(each)
  return command
}

const listAliases = (): Command =>
  systemOptions(new Command('list').description('list the aliases').argument('[KEY]', 'those of one key only')).action(
    async (keyId: string | undefined, options: SystemOptions) => {
      const rows: Row[] = []
      await withApi('aws', options, async (api) => {
        let marker: string | undefined
        do {
          const asked = { KeyId: keyId, Limit: 100, Marker: marker }
          const { Aliases, NextMarker } = page.parse(await api.call('ListAliases', asked))
          rows.push(...Aliases.map((alias) => camelCase(alias) as Row))
          marker = NextMarker
        } while (marker !== undefined)
      })
      printList(rows, ['aliasName', 'targetKeyId'], options.json === true)
    },
  )

const setAlias = (name: string, about: string, action: string): Command =>
  systemOptions(
    new Command(name)
      .description(about)
      .argument('<ALIAS>', 'the name, with or without alias/')
      .argument('<KEY>', "the key's id, its ARN, or another alias of it"),
  ).action(async (alias: string, keyId: string, options: SystemOptions) => {
    const asked = { AliasName: aliasName(alias), TargetKeyId: keyId }
    await withApi('aws', options, (api) => api.call(action, asked, once))
    printObject(camelCase(asked) as Row, options.json === true)
  })

const moveAlias = (): Command => setAlias('move', 'make an alias name another key', 'UpdateAlias')

const deleteAlias = (): Command =>
  systemOptions(
    new Command('delete').description('take a name away; its key stays').argument('<ALIAS>', 'the name'),
  ).action(async (alias: string, options: SystemOptions) => {
    const asked = { AliasName: aliasName(alias) }
    await withApi('aws', options, (api) => api.call('DeleteAlias', asked, once))
    printObject(camelCase(asked) as Row, options.json === true)
  })
