import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'

/** MiB a second for whole files, otherwise operations a second. */
export interface Speeds {
  readonly seqwrite: number
  readonly seqread: number
  readonly rand4kread: number
  readonly rand4kwrite: number
  readonly create: number
  readonly stat: number
  readonly readdir: number
  readonly unlink: number
}

/** The best of each place's rounds: the places take turns, so that what else the machine does meets all alike. */
export function inTurns(places: readonly [string, string], rounds: number, quick: boolean): readonly [Speeds, Speeds] {
  let [first, second] = [measure(places[0], quick), measure(places[1], quick)]
  for (let round = 1; round < rounds; round++) {
    first = best(first, measure(places[0], quick))
    second = best(second, measure(places[1], quick))
  }
  return [first, second]
}

const best = (one: Speeds, other: Speeds): Speeds => ({
  seqwrite: Math.max(one.seqwrite, other.seqwrite),
  seqread: Math.max(one.seqread, other.seqread),
  rand4kread: Math.max(one.rand4kread, other.rand4kread),
  rand4kwrite: Math.max(one.rand4kwrite, other.rand4kwrite),
  create: Math.max(one.create, other.create),
  stat: Math.max(one.stat, other.stat),
  readdir: Math.max(one.readdir, other.readdir),
  unlink: Math.max(one.unlink, other.unlink),
})

function measure(place: string, quick: boolean): Speeds {
  const size = quick ? 128 : 512
  const seqwrite = fio(place, 'write', '1M', size, '--end_fsync=1').bandwidth
  const seqread = fio(place, 'read', '1M', size, '--invalidate=1').bandwidth
  const random = ['--time_based', `--runtime=${quick ? 2 : 5}`]
  const rand4kread = fio(place, 'randread', '4k', size, '--invalidate=1', ...random).operations
  const rand4kwrite = fio(place, 'randwrite', '4k', size, '--end_fsync=1', ...random).operations
  unlinkSync(join(place, 'measured'))
  return { seqwrite, seqread, rand4kread, rand4kwrite, ...names(place, quick ? 2000 : 10_000) }
}

function fio(place: string, rw: string, block: string, mebibytes: number, ...more: string[]) {
  const job = ['--name=measured', `--filename=${join(place, 'measured')}`, `--rw=${rw}`, `--bs=${block}`]
  const args = [...job, `--size=${mebibytes}M`, '--ioengine=psync', '--output-format=json', ...more]
  const text = execFileSync('fio', args, { encoding: 'utf8', timeout: 120_000 })
  const [{ read, write }] = JSON.parse(text.slice(text.indexOf('{'))).jobs
  const { io_bytes, total_ios, runtime } = rw.endsWith('read') ? read : write
  return { bandwidth: io_bytes / 1_048_576 / (runtime / 1000), operations: total_ios / (runtime / 1000) }
}

function names(place: string, count: number): Pick<Speeds, 'create' | 'stat' | 'readdir' | 'unlink'> {
  const directory = join(place, 'names')
  const each = (one: (path: string) => void) => perSecond(count, (i) => one(join(directory, `entry ${i}`)))
  mkdirSync(directory)
  const create = each((path) => closeSync(openSync(path, 'wx')))
  dropKernelCaches()
  const stat = each((path) => void statSync(path))
  const pages = 20
  const readdir = perSecond(pages, () => void readdirSync(directory)) * count
  const unlink = each(unlinkSync)
  rmSync(directory, { recursive: true })
  return { create, stat, readdir, unlink }
}

/** Names and attributes that the kernel keeps would be all that is measured otherwise. */
const dropKernelCaches = () => execFileSync('bash', ['-c', 'echo 2 > /proc/sys/vm/drop_caches'])

function perSecond(count: number, one: (i: number) => void): number {
  const start = performance.now()
  for (let i = 0; i < count; i++) one(i)
  return (count * 1000) / (performance.now() - start)
}
