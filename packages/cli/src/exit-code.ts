import { DecryptionError } from '@hufu/crypto'
import { VolumeError, type VolumeErrorCode } from '@hufu/fuse'
import { type ErrorCode, isHufuError } from '@hufu/wire'
import { CliError } from './cli-error.ts'

/** What the command line ends with. The numbers are part of its contract (docs/cli.md) and never reused. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  unavailable: 3,
  denied: 4,
  notFound: 5,
  state: 6,
  notAuthentic: 7,
  cannotStart: 8,
  notSupported: 9,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

const ofCode: Partial<Record<ErrorCode, ExitCode>> = {
  AccessDenied: exitCode.denied,
  AliasNotFound: exitCode.notFound,
  CannotListen: exitCode.cannotStart,
  CertificateNotTrusted: exitCode.unavailable,
  CertificateRefused: exitCode.denied,
  CertificateUnusable: exitCode.usage,
  DecryptionFailed: exitCode.notAuthentic,
  PrivateDecryptionFailed: exitCode.notAuthentic,
  InvalidKeyId: exitCode.notFound,
  InvalidState: exitCode.state,
  KeyArchived: exitCode.state,
  KeyBound: exitCode.state,
  KeyDisabled: exitCode.state,
  KeyHasReplicas: exitCode.state,
  KeyMismatch: exitCode.notAuthentic,
  KeyNotDisabled: exitCode.state,
  KeyNotFound: exitCode.notFound,
  KeyNotPendingDelete: exitCode.state,
  KeyPendingDelete: exitCode.state,
  KeySpecNotInRegion: exitCode.notSupported,
  MissingAuthentication: exitCode.denied,
  NoSuchEntity: exitCode.notFound,
  NotSupported: exitCode.notSupported,
  PortInUse: exitCode.cannotStart,
  RequestLimitExceeded: exitCode.unavailable,
  SessionExpired: exitCode.denied,
  SignatureExpired: exitCode.denied,
  SignatureMismatch: exitCode.denied,
  StoreInUse: exitCode.cannotStart,
  TokenInvalid: exitCode.denied,
  Unavailable: exitCode.unavailable,
  UnknownAccessKey: exitCode.denied,
}

const ofVolume: Record<VolumeErrorCode, ExitCode> = {
  AlreadyMounted: exitCode.state,
  AlreadyVolume: exitCode.state,
  BackingDirectory: exitCode.notFound,
  DamagedHeader: exitCode.notAuthentic,
  KeyRefused: exitCode.denied,
  MountFailed: exitCode.cannotStart,
  MountPoint: exitCode.usage,
  NewerFormat: exitCode.notSupported,
  NoFuse: exitCode.cannotStart,
  NoNative: exitCode.cannotStart,
  NotEmpty: exitCode.usage,
  NotPermitted: exitCode.denied,
  Recipients: exitCode.usage,
  RolledBack: exitCode.notAuthentic,
  Unreachable: exitCode.unavailable,
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode
  if (error instanceof DecryptionError) return exitCode.notAuthentic
  if (error instanceof VolumeError) return ofVolume[error.code]
  return (isHufuError(error) && ofCode[error.code]) || exitCode.failed
}
