// Installs and builds the command line and what it imports, and runs nothing.
import { bootstrap } from './bootstrap.mjs'

bootstrap({ all: false })
