import { open, rename } from 'node:fs/promises'

/** Writes a file with that mode: durable, and whole or not at all. */
export async function writeWholeFile(file: string, text: string, mode: number): Promise<void> {
  const temporary = `${file}.${process.pid}.new`
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.chmod(mode)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}
