/** What is waited for, or the signal's reason when that comes first; it is then disposed of when it comes after all. */
export function unlessCalledOff<T extends Disposable>(coming: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = (): void => {
      reject(signal.reason)
      coming.then(
        (late) => late[Symbol.dispose](),
        () => {},
      )
    }
    if (signal.aborted) return callOff()
    signal.addEventListener('abort', callOff, { once: true })
    coming
      .then((held) => (signal.aborted ? undefined : resolve(held)), reject)
      .finally(() => signal.removeEventListener('abort', callOff))
  })
}
