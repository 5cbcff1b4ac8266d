import {
  addressRegisters,
  addressTaken,
  general,
  isVector,
  memory,
  stackCells,
  VECTORS,
  vector,
  widthOf,
} from './registers.mjs'

const FLAGS = 'flags'
const KEEPS_FLAGS =
  /^(mov|lea|push|pop|bswap|not|cmov|set|v|k|nop|pext|pdep|[sr][ah][lr]x|rorx|mulx|endbr|prefetch|j|call|ret|cwtl|cltq|cqto|cltd)/
const OVERWRITES = /^(mov|lea|set|pop|[sr][ah][lr]x|rorx|pext|pdep|andn|lzcnt|tzcnt|popcnt|kmov|v)/
const COMPARES = /^(cmp|test|bt|vptest|vtest|ptest|kortest|ktest|vu?comis|u?comis)/
const READS_FLAGS = /^(adc|sbb|cmov|set|rcl|rcr|adox|adcx)/
const ENDS_FLOW = /^(jmp|ret|ud2|hlt)/
/** Between a general register, or 8 bytes of the stack, and a vector register. */
const MOVES_ONE = /^v?mov[dq]$/
const NO_ACCESS = /^(lea|nop|prefetch)/
const CALLER_SAVED = ['rax', 'rcx', 'rdx', 'rsi', 'rdi', 'r8', 'r9', 'r10', 'r11']

/**
 * Where the time of a function could depend on data: [{ function, instruction, reason }]. All that comes out of memory
 * or of a vector or mask register is secret; public are the arguments, constants, and what is computed of those alone.
 * General registers are followed through spills to the stack, over every path; so are vector registers that one was only
 * moved to.
 */
export function leaks({ name, instructions }) {
  const exposed = addressTaken(instructions)
  const states = flow(instructions, exposed)
  return instructions.flatMap((i) =>
    reasons(i, states.get(i.address) ?? new Set()).map((reason) => ({ function: name, instruction: i.text, reason })),
  )
}

/** What is secret before each instruction that can be reached. */
function flow(instructions, exposed) {
  const at = new Map(instructions.map(({ address }, index) => [address, index]))
  const states = new Map()
  const work = []
  const enter = (index, secrets) => {
    const address = instructions[index]?.address
    if (address !== undefined && merge(states, address, secrets)) work.push(index)
  }
  enter(0, new Set([...exposed, ...VECTORS]))
  while (work.length > 0) {
    const index = work.pop()
    const i = instructions[index]
    const after = step(i, states.get(i.address), exposed)
    if (at.has(i.target)) enter(at.get(i.target), after)
    if (!ENDS_FLOW.test(i.mnemonic)) enter(index + 1, after)
  }
  return states
}

/** Adds to what is known to be secret there; whether that was news. */
function merge(states, address, incoming) {
  const known = states.get(address)
  if (known === undefined) {
    states.set(address, new Set(incoming))
    return true
  }
  const size = known.size
  for (const secret of incoming) known.add(secret)
  return known.size > size
}

function step({ mnemonic, operands }, before, exposed) {
  const after = new Set(before)
  const set = (place, secret) => (secret ? after.add(place) : after.delete(place))
  if (/^call/.test(mnemonic)) {
    for (const place of [...CALLER_SAVED, FLAGS]) after.delete(place)
    for (const place of [...exposed, ...VECTORS]) after.add(place)
    return after
  }
  const secret = isResultSecret(mnemonic, operands, before)
  if (!KEEPS_FLAGS.test(mnemonic) || COMPARES.test(mnemonic)) set(FLAGS, secret)
  for (const register of written(mnemonic, operands)) set(register, secret)
  const filled = vector(operands.at(-1) ?? '')
  if (filled !== undefined) set(filled, secret || !MOVES_ONE.test(mnemonic))
  store(mnemonic, operands, secret, after)
  return after
}

/** The general registers that an instruction writes. */
function written(mnemonic, operands) {
  if (COMPARES.test(mnemonic) || /^(push|j|nop)/.test(mnemonic)) return []
  if (/^(i?mul|i?div|mul)/.test(mnemonic) && operands.length === 1) return ['rax', 'rdx']
  if (/^(cqto|cltd)/.test(mnemonic)) return ['rdx']
  const places = /^(xchg|mulx)/.test(mnemonic) ? operands.slice(-2) : operands.slice(-1)
  return places.map(general).filter(Boolean)
}

/** A store to the stack makes its cells secret, or public again when it covers them whole. */
function store(mnemonic, operands, secret, state) {
  const last = operands.at(-1) ?? ''
  if (COMPARES.test(mnemonic) || NO_ACCESS.test(mnemonic) || operands.length < 2) return
  const width = widthOf(mnemonic, operands)
  for (const { cell, whole } of stackCells(last, width)) {
    if (secret) state.add(cell)
    else if (whole && (/^mov/.test(mnemonic) || MOVES_ONE.test(mnemonic))) state.delete(cell)
  }
}

/** Whether what the instruction computes depends on a secret. */
function isResultSecret(mnemonic, operands, before) {
  if (/^(xor|sub)/.test(mnemonic) && operands.length === 2 && operands[0] === operands[1]) return false
  if (/^lea/.test(mnemonic)) return addressRegisters(operands[0]).some((register) => before.has(register))
  if (/^(cqto|cltd)/.test(mnemonic)) return before.has('rax')
  if (READS_FLAGS.test(mnemonic) && before.has(FLAGS)) return true
  if (/^(i?mul|i?div|mulx)/.test(mnemonic) && (before.has('rax') || before.has('rdx'))) return true
  const sources = OVERWRITES.test(mnemonic) && operands.length > 1 ? operands.slice(0, -1) : operands
  return sources.some((operand) => isSecret(operand, mnemonic, operands, before))
}

function isSecret(operand, mnemonic, operands, before) {
  if (isVector(operand)) return !MOVES_ONE.test(mnemonic) || before.has(vector(operand))
  if (memory(operand) === null) return before.has(general(operand))
  const cells = stackCells(operand, widthOf(mnemonic, operands))
  return cells.length === 0 || cells.some(({ cell }) => before.has(cell))
}

function reasons({ mnemonic, operands }, before) {
  const found = []
  const isTainted = (register) => before.has(register)
  if (/gather|scatter/.test(mnemonic)) found.push('gathers or scatters by secret indices')
  if (/^j(?!mp)/.test(mnemonic) && before.has(FLAGS)) found.push('branches on a secret')
  if (/^(jmp|call)/.test(mnemonic) && isTainted(general(operands[0] ?? ''))) found.push('jumps to a secret address')
  if (/^i?div/.test(mnemonic) && [...operands.map(general), 'rax', 'rdx'].some(isTainted))
    found.push('divides a secret')
  if (!NO_ACCESS.test(mnemonic) && operands.flatMap(addressRegisters).some(isTainted))
    found.push('addresses memory by a secret')
  return found
}
