import type { KeyEvent, KeyEvents } from '@hufu/wire'

/** The changes of several regions. Connected while all of them are. */
export const mergedKeyEvents = (all: readonly KeyEvents[]): KeyEvents => ({
  get connected() {
    return all.every(({ connected }) => connected)
  },
  subscribe(listener: (event: KeyEvent) => void) {
    const stops = all.map((events) => events.subscribe(listener))
    return () => {
      for (const stop of stops) stop()
    }
  },
})
