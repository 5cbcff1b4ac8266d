export function disposeAll(...all: readonly Disposable[]): void {
  for (const one of all) one[Symbol.dispose]()
}
