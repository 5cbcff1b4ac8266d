import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { apiClient, hufuRegion, type OpenRegion } from '@hufu/sdk'

const command = fileURLToPath(new URL('../../../packages/cli/bin/hufu.js', import.meta.url))

const daysLater = fileURLToPath(new URL('days-later.mjs', import.meta.url))

export type Fault = 'killed' | 'paused' | 'partitioned' | 'slow' | 'refusing'

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly kmsEndpoint: string
}

/** A KMS in a process, on a store and a token of its own, behind a network that can fail. */
export class FaultyRegion implements AsyncDisposable {
  readonly name: string
  readonly #data = mkdtempSync(join(tmpdir(), 'hufu-region-'))
  readonly #sockets = new Set<Socket>()
  readonly #network: Server = createServer((client) => this.#join(client))
  #process: ChildProcess | null = null
  #target = 0
  #fault: Fault | null = null

  constructor(name: string) {
    this.name = name
  }

  async start(): Promise<this> {
    await once(this.#network.listen(0, '127.0.0.1'), 'listening')
    await this.#run()
    return this
  }

  /** A client's way to it, through the network. */
  open(): OpenRegion {
    const { accessKeyId, secretAccessKey } = this.#credentials
    const { port } = this.#network.address() as AddressInfo
    const credentials = { accessKeyId, secretAccessKey }
    return hufuRegion({ endpoint: `http://127.0.0.1:${port}`, region: this.name, credentials })
  }

  /** The `hufu` command on this system, past the network. */
  async hufu(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...args, '--data', this.#data])
    return stdout
  }

  /** From now on, for what is open and what is new. */
  async fail(fault: Fault): Promise<void> {
    this.#fault = fault
    if (fault === 'killed') await this.#end('SIGKILL')
    if (fault === 'paused') this.#process?.kill('SIGSTOP')
    if (fault === 'killed' || fault === 'refusing') for (const socket of this.#sockets) socket.destroy()
  }

  async heal(): Promise<void> {
    const fault = this.#fault
    this.#fault = null
    if (fault === 'killed') await this.#run()
    if (fault === 'paused') this.#process?.kill('SIGCONT')
    for (const socket of this.#sockets) socket.destroy()
  }

  /** A call of its API by AWS's wire, past the network. */
  async call(action: string, body: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const { accessKeyId, secretAccessKey, kmsEndpoint: endpoint } = this.#credentials
    const credentials = { accessKeyId, secretAccessKey }
    const api = apiClient({ wire: 'aws', endpoint, region: this.name, credentials, deadline: 60_000 })
    try {
      return (await api.call(action, body, { changes: true })) as Record<string, unknown>
    } finally {
      await api.close()
    }
  }

  /** A call on a key that has a name: many of them take only its id. */
  async change(action: string, alias: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { KeyMetadata } = (await this.call('DescribeKey', { KeyId: alias })) as { KeyMetadata: { KeyId: string } }
    await this.call(action, { KeyId: KeyMetadata.KeyId, ...more })
  }

  /** Stops it, does on its store and token what is due after so many days, and starts it again. */
  async afterDays(days: number): Promise<void> {
    await this.#end('SIGTERM')
    await promisify(execFile)(process.execPath, [daysLater, this.#data, this.name, String(days)])
    await this.#run()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end('SIGKILL')
    this.#network.close()
    for (const socket of this.#sockets) socket.destroy()
    rmSync(this.#data, { recursive: true, force: true })
  }

  get #credentials(): Credentials {
    return JSON.parse(readFileSync(join(this.#data, 'credentials.json'), 'utf8'))
  }

  async #run(): Promise<void> {
    const args = ['up', '--only', 'kms', '--kms-port', '0', '--region', this.name, '--data', this.#data, '--json']
    const running = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = running
    const ended = once(running, 'exit').then(() => Promise.reject(new Error(`${this.name} ended before it was ready`)))
    await Promise.race([once(running.stdout, 'data'), ended])
    ended.catch(() => {})
    this.#target = Number(new URL(this.#credentials.kmsEndpoint).port)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const running = this.#process
    this.#process = null
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    running.kill(signal)
    await once(running, 'exit')
  }

  #join(client: Socket): void {
    if (this.#fault === 'refusing' || this.#fault === 'killed') return void client.destroy()
    const server = connect(this.#target, '127.0.0.1')
    this.#pipe(client, server)
    this.#pipe(server, client)
  }

  /** What is sent while it is partitioned is lost; while it is slow it comes a second late. */
  #pipe(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.on('error', () => {})
    from.on('data', (bytes) => {
      if (this.#fault === 'slow') setTimeout(() => to.write(bytes), 1000)
      else if (this.#fault !== 'partitioned') to.write(bytes)
    })
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
