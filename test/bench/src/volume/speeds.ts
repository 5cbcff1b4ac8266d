import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Source } from './source.ts'

/** MiB a second for whole files (`seq…`, `par…`), otherwise operations a second. */
export type Speeds = Readonly<Record<string, number>>

/** One thing that programs do, measured at a place; what it made there is gone afterwards. */
export type Measurement = (place: string, quick: boolean) => Speeds

const mebibytes = (quick: boolean) => (quick ? 128 : 512)

export const sequential: Measurement = (place, quick) => {
  const seqwrite = fio(place, 'write', '1M', ['--end_fsync=1'], quick).bandwidth
  const seqread = fio(place, 'read', '1M', ['--invalidate=1'], quick).bandwidth
  unlinkSync(join(place, 'measured.0.0'))
  return { seqwrite, seqread }
}

export const random: Measurement = (place, quick) => {
  const timed = ['--time_based', `--runtime=${quick ? 2 : 5}`]
  fio(place, 'write', '1M', [], quick)
  const rand4kread = fio(place, 'randread', '4k', ['--invalidate=1', ...timed], quick).operations
  const rand4kwrite = fio(place, 'randwrite', '4k', ['--end_fsync=1', ...timed], quick).operations
  unlinkSync(join(place, 'measured.0.0'))
  return { rand4kread, rand4kwrite }
}

/** Two jobs at once, each with a file of its own. */
export const parallel: Measurement = (place, quick) => {
  const two = ['--numjobs=2', '--group_reporting']
  const parwrite = fio(place, 'write', '1M', ['--end_fsync=1', ...two], quick).bandwidth
  const parread = fio(place, 'read', '1M', ['--invalidate=1', ...two], quick).bandwidth
  for (const job of [0, 1]) unlinkSync(join(place, `measured.${job}.0`))
  return { parwrite, parread }
}

export const names: Measurement = (place, quick) => {
  const [directory, count] = [join(place, 'names'), quick ? 2000 : 10_000]
  const each = (one: (path: string) => void) => perSecond(count, (i) => one(join(directory, `entry ${i}`)))
  mkdirSync(directory)
  const create = each((path) => closeSync(openSync(path, 'wx')))
  dropKernelCaches()
  const stat = each((path) => void statSync(path))
  const readdir = perSecond(20, () => void readdirSync(directory)) * count
  const unlink = each(unlinkSync)
  rmSync(directory, { recursive: true })
  return { create, stat, readdir, unlink }
}

/** What people do all day: each once. */
export const programs =
  ({ tar, repository }: Source): Measurement =>
  (place) => {
    const [untarred, cloned] = [join(place, 'untarred'), join(place, 'cloned')]
    mkdirSync(untarred)
    const untar = perSecond(1, () => void execFileSync('tar', ['-xf', tar, '-C', untarred]))
    const clone = perSecond(1, () => void execFileSync('git', ['clone', '-q', '--no-local', repository, cloned]))
    for (const made of [untarred, cloned]) rmSync(made, { recursive: true })
    return { untar, clone }
  }

function fio(place: string, rw: string, block: string, more: readonly string[], quick: boolean) {
  const job = ['--name=measured', `--directory=${place}`, `--rw=${rw}`, `--bs=${block}`]
  const args = [...job, `--size=${mebibytes(quick)}M`, '--ioengine=psync', '--output-format=json', ...more]
  const text = execFileSync('fio', args, { encoding: 'utf8', timeout: 300_000 })
  const [{ read, write }] = JSON.parse(text.slice(text.indexOf('{'))).jobs
  const { io_bytes, total_ios, runtime } = rw.endsWith('read') ? read : write
  return { bandwidth: io_bytes / 1_048_576 / (runtime / 1000), operations: total_ios / (runtime / 1000) }
}

/** Names and attributes that the kernel keeps would be all that is measured otherwise. */
const dropKernelCaches = () => execFileSync('bash', ['-c', 'echo 2 > /proc/sys/vm/drop_caches'])

function perSecond(count: number, one: (i: number) => void): number {
  const start = performance.now()
  for (let i = 0; i < count; i++) one(i)
  return (count * 1000) / (performance.now() - start)
}
