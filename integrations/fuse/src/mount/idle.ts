import type { NativeVolume } from './native.ts'

/** Unmounts once nobody has used the mount for so long and no file of it is open. Returns what stops the watch. */
export function unmountWhenIdle(native: NativeVolume, mountpoint: string, milliseconds: number): () => void {
  const timer = setInterval(
    () => {
      if (native.idle() >= milliseconds) native.unmount(mountpoint, false) // refused while it is in use
    },
    Math.min(1000, Math.max(10, milliseconds / 4)),
  )
  return () => clearInterval(timer)
}
