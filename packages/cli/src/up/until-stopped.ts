const signals = ['SIGTERM', 'SIGINT'] as const

/** Resolves at the first SIGTERM or SIGINT; a second one then ends the process at once, as if nobody listened. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      for (const name of signals) process.removeListener(name, stop)
      resolve()
    }
    for (const name of signals) process.on(name, stop)
  })
}
