export { main } from './main.ts'
export { mountHelperArguments } from './volume/mount-helper.ts'
