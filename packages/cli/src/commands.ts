import { type Commands, sealingCommands } from './sealing-commands.ts'

/** All of them, in the order of the help. */
export const commands: Commands = {
  up: async () => (await import('./commands/up.ts')).upCommand(),
  key: async () => (await import('./commands/key/index.ts')).keyCommand(),
  ...sealingCommands,
  volume: async () => (await import('./commands/volume/index.ts')).volumeCommand(),
  mount: async () => (await import('./commands/mount.ts')).mountCommand(),
  umount: async () => (await import('./commands/umount.ts')).umountCommand(),
  pg: async () => (await import('./commands/pg.ts')).pgCommand(),
  user: async () => (await import('./commands/user/index.ts')).userCommand(),
  group: async () => (await import('./commands/group/index.ts')).groupCommand(),
  role: async () => (await import('./commands/role/index.ts')).roleCommand(),
  policy: async () => (await import('./commands/policy/index.ts')).policyCommand(),
  tls: async () => (await import('./commands/tls/index.ts')).tlsCommand(),
  audit: async () => (await import('./commands/audit/index.ts')).auditCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
}
