/** Options of fstab that mean an option of `hufu mount`; `=` marks those with a value. */
const meanings: Readonly<Record<string, string>> = {
  ro: '--read-only',
  allow_other: '--allow-other',
  foreground: '--foreground',
  reverse: '--reverse',
  'data=': '--data',
  'endpoint=': '--endpoint',
  'region=': '--region',
  'ca=': '--ca',
  'client_cert=': '--client-cert',
  'client_key=': '--client-key',
  'lease=': '--lease',
  'idle=': '--idle',
  'on_revoke=': '--on-revoke',
  'anchors=': '--anchors',
}

/** For mount(8) and systemd, or what every mount of FUSE has anyway. */
const ignored =
  /^(rw|defaults|auto|noauto|user|nouser|users|owner|group|nofail|_netdev|noatime|relatime|strictatime|nodiratime|lazytime|nolazytime|async|nodev|nosuid|suid|dev|exec|x-.*|comment=.*)$/

/** The arguments of `hufu mount` for those of mount.hufu: `DIR MOUNTPOINT [-sfnv] [-o OPTION,…]`. */
export function mountHelperArguments(args: readonly string[]): string[] {
  const places: string[] = []
  const options: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? ''
    if (arg === '-o') options.push(...(args[++i] ?? '').split(','))
    else if (arg.startsWith('-o')) options.push(...arg.slice(2).split(','))
    else if (!/^-[sfnv]+$/.test(arg)) places.push(arg)
  }
  return ['mount', ...places, ...options.filter((option) => option !== '' && !ignored.test(option)).flatMap(meaning)]
}

/** An option that means nothing here stays, for the command line to refuse by its name. */
function meaning(option: string): string[] {
  const at = option.indexOf('=') + 1
  const flag = meanings[at === 0 ? option : option.slice(0, at)] ?? `--${option}`
  return at === 0 ? [flag] : [flag, option.slice(at)]
}
