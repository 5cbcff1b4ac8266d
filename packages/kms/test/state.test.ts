import { readFile } from 'node:fs/promises'
import { isHufuError, type KeyState } from '@hufu/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type KeyAction, keyStates, nextState } from '../src/key/state.ts'

const states = Object.keys(keyStates) as KeyState[]
const actions = Object.keys(keyStates.Enabled) as KeyAction[]

describe('the states of a key', () => {
  it.each(states.flatMap((state) => actions.map((action) => [state, action] as const)))(
    '%s, %s: the next state or the error of the table',
    (state, action) => {
      const outcome = keyStates[state][action]
      if ('next' in outcome) expect(nextState(state, action)).toBe(outcome.next)
      else expect(() => nextState(state, action)).toThrow(expect.objectContaining({ code: outcome.error }))
    },
  )

  it('are those of docs/keys.md', async () => {
    const page = await readFile(new URL('../../../docs/keys.md', import.meta.url), 'utf8')
    const cell = (state: KeyState, action: KeyAction): string => {
      const outcome = keyStates[state][action]
      if ('error' in outcome) return `\`${outcome.error}\``
      return outcome.next === state ? 'yes' : `→ ${outcome.next}`
    }
    const rows = page.split('\n').map((line) => line.split('|').map((text) => text.trim()))
    for (const action of actions)
      expect(rows).toContainEqual(['', action, ...states.map((state) => cell(state, action)), ''])
  })

  it('let nothing be encrypted unless enabled, and nothing be decrypted unless enabled or archived', () => {
    const allowing = (action: KeyAction) => states.filter((state) => 'next' in keyStates[state][action])
    expect(allowing('encrypt')).toEqual(['Enabled'])
    expect(allowing('decrypt')).toEqual(['Enabled', 'Archived'])
    expect(allowing('rotate')).toEqual(['Enabled'])
  })

  it('all lead back to enabled but for a key that waits for its material', () => {
    const walk = fc.array(fc.constantFrom(...actions.filter((action) => !/material/i.test(action))), { maxLength: 30 })
    fc.assert(
      fc.property(walk, (path) => {
        const end = path.reduce<KeyState>((state, action) => tryNext(state, action), 'Enabled')
        const home = (['cancelDeletion', 'unarchive', 'enable'] as const).reduce<KeyState>(tryNext, end)
        expect(home).toBe('Enabled')
      }),
    )
  })
})

function tryNext(state: KeyState, action: KeyAction): KeyState {
  try {
    return nextState(state, action)
  } catch (error) {
    if (!isHufuError(error)) throw error
    return state
  }
}
