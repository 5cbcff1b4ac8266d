/** What can be wrong with a volume or a mount, by a stable code; `hint` says what to type. */
const hints = {
  AlreadyMounted: 'unmount it first: hufu umount',
  AlreadyVolume: 'choose an empty directory, or mount it: hufu mount',
  BackingDirectory: 'name the directory that was given to: hufu volume init',
  DamagedHeader: 'put back a copy of hufu.volume',
  KeyRefused: 'look at the key with: hufu key describe',
  MountFailed: 'see the reason; docs/volume.md has what mounting needs',
  MountPoint: 'name an empty directory',
  NewerFormat: 'use a newer hufu',
  NoFuse: 'load the fuse module (modprobe fuse) and install fuse3',
  NoNative: 'reinstall with a C compiler present (apt-get install g++ make python3)',
  NotEmpty: 'name an empty directory',
  NotPermitted: 'mount as root; or install fuse3 (apt-get install fuse3) and name an empty directory of your own',
  Recipients: 'hufu volume info shows the recipients',
  RolledBack: 'put the newest state back, or accept what is there: hufu volume check --accept',
  Unreachable: 'start the KMS, or give --endpoint',
} as const

export type VolumeErrorCode = keyof typeof hints

export class VolumeError extends Error {
  readonly code: VolumeErrorCode

  constructor(code: VolumeErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'VolumeError'
    this.code = code
  }

  get hint(): string {
    return hints[this.code]
  }
}
