import { stateOf } from './state.ts'

const show = (id: string, text: string): void => {
  const element = document.getElementById(id)
  if (element !== null) element.textContent = text
}

show('endpoint', location.origin)
show('state', await stateOf(() => fetch('/readyz')))
