// bench AREA [--json] [--quick]: measures one area against its named peers and prints the ratios.
import { parseArgs } from 'node:util'
import type { Area, Measured } from './area.ts'
import { machine } from './machine.ts'

const areas: Record<string, () => Promise<Area>> = {
  crypto: async () => (await import('./crypto.ts')).crypto,
  files: async () => (await import('./files.ts')).files,
  kms: async () => (await import('./kms.ts')).kms,
  pg: async () => (await import('./pg.ts')).pg,
  policy: async () => (await import('./policy.ts')).policy,
  s3: async () => (await import('./s3.ts')).s3,
  sdk: async () => (await import('./sdk.ts')).sdk,
  volume: async () => (await import('./volume.ts')).volume,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
})
const load = areas[positionals[0] ?? '']
if (load === undefined || positionals.length !== 1) {
  console.error(
    `bench: expected one area of ${Object.keys(areas).join(', ')}; received ${positionals.join(' ') || 'none'}`,
  )
  process.exit(2)
}

const measured = await (await load())({ quick: values.quick })
console.log(values.json ? JSON.stringify({ machine: machine(), ...measured }) : table(measured))
process.exit(0)

function table({ ratios, figures, targets = {} }: Measured): string {
  const { cpu, cores, node } = machine()
  const width = Math.max(...[...Object.keys(ratios), ...Object.keys(figures)].map((name) => name.length))
  const rows = (values: Record<string, number>, digits: number) =>
    Object.entries(values).map(
      ([name, value]) =>
        `  ${name.padEnd(width)}  ${value.toFixed(digits).padStart(12)}${verdict(name, value, targets[name])}`,
    )
  return [`${cpu}, ${cores} cores, Node ${node}`, 'ratios', ...rows(ratios, 2), 'figures', ...rows(figures, 1)].join(
    '\n',
  )
}

/** Whether the target is reached, where there is one. */
function verdict(name: string, value: number, target: number | undefined): string {
  if (target === undefined) return ''
  const met = /_(times|ms)$/.test(name) ? value <= target : value >= target
  return `   target ${target}: ${met ? 'met' : 'MISSED'}`
}
