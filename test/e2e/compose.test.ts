import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { hufuCommand } from './support/hufu.ts'

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test: readonly string[] }
}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const dockerfile = read('Dockerfile')
const ours = Object.entries(services).filter(([, service]) => service.build !== undefined)

let help = ''
beforeAll(async () => {
  help = (await hufuCommand(['up', '--help'])).stdout
})

describe('docker-compose.yml', () => {
  it('has two KMS, PostgreSQL and the proxy', () => {
    expect(Object.keys(services).sort()).toEqual(['kms-a', 'kms-b', 'postgres', 's3'])
  })

  it.each(ours)('%s runs a command and options that there are', (_, { command = [] }) => {
    expect(command[0]).toBe('up')
    for (const option of command.filter((word) => word.startsWith('--'))) expect(help).toContain(`${option} `)
    expect(['kms', 's3']).toContain(command[command.indexOf('--only') + 1])
  })

  it.each(ours)('%s is told by variables that there are', (_, { environment = {} }) => {
    for (const name of Object.keys(environment)) expect(help).toContain(name)
  })

  it.each(ours)('%s publishes ports that it listens on', (_, { ports = [] }) => {
    for (const port of ports) expect(dockerfile).toMatch(new RegExp(`^EXPOSE .*\\b${port.split(':').at(-1)}\\b`, 'm'))
  })

  it.each(Object.entries(services))('%s mounts volumes and waits for services that are declared', (_, service) => {
    for (const volume of service.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(':')[0])
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(services[name]?.healthcheck).toBeDefined()
      expect(condition).toBe('service_healthy')
    }
  })

  it('asks a path for health that the server has', () => {
    const path = /7350(\/\w+)/.exec(services['kms-a']?.healthcheck?.test.join(' ') ?? '')?.[1]
    expect(path).toBe('/readyz')
  })
})

describe('Dockerfile', () => {
  it('names files and variables that there are', () => {
    const [, entry = ''] = /^ENTRYPOINT \["node", "([^"]+)"\]/m.exec(dockerfile) ?? []
    const [, build = ''] = /^RUN node (\S+)/m.exec(dockerfile) ?? []
    for (const file of [entry, build]) expect(existsSync(join(root, file))).toBe(true)
    for (const [name] of dockerfile.matchAll(/HUFU_[A-Z_]+/g)) expect(help).toContain(name)
  })
})
