/** The console's page is in `web/` beside this module once it is built; the server serves that folder at /console/. */
export { stateOf } from './state.ts'
