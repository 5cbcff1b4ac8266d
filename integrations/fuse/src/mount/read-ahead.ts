import { writeFileSync } from 'node:fs'
import { deviceMountedAt } from './mount-point.ts'

/** As much as several requests of the largest read (`MAX_READ` in native/volume.h) hold: they are under way at once. */
const READ_AHEAD_KIB = 512

/** Has the kernel read further ahead of who reads in order than its 128 KiB, where the server may say so (as root). */
export function readAhead(mountpoint: string): void {
  const device = deviceMountedAt(mountpoint)
  if (device === undefined) return
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, `${READ_AHEAD_KIB}\n`)
  } catch {
    // As an ordinary user, or where /sys is not there or read-only: it is slower, no more.
  }
}
