// What the operands of x86-64 instructions are, in AT&T syntax.

const LEGACY = {
  rax: ['eax', 'ax', 'al', 'ah'],
  rbx: ['ebx', 'bx', 'bl', 'bh'],
  rcx: ['ecx', 'cx', 'cl', 'ch'],
  rdx: ['edx', 'dx', 'dl', 'dh'],
  rsi: ['esi', 'si', 'sil'],
  rdi: ['edi', 'di', 'dil'],
  rbp: ['ebp', 'bp', 'bpl'],
  rsp: ['esp', 'sp', 'spl'],
}
const NUMBERED = Array.from({ length: 8 }, (_, i) => `r${i + 8}`)
const ALIASES = {
  ...LEGACY,
  ...Object.fromEntries(NUMBERED.map((name) => [name, [`${name}d`, `${name}w`, `${name}b`]])),
}
const WIDTHS = [8, 4, 2, 1, 1]

/** Operand -> the register's 64-bit name and the width in bytes. */
const registers = new Map(
  Object.entries(ALIASES).flatMap(([name, aliases]) =>
    [name, ...aliases].map((alias, i) => [`%${alias}`, { name, width: WIDTHS[i] }]),
  ),
)

/** The 64-bit name of a general register operand, or undefined. */
export const general = (operand) => registers.get(operand.replace(/^\*/, ''))?.name

/** Vector and mask registers. */
export const isVector = (operand) => /^%([xyz]mm\d+|k[0-7])/.test(operand)

/** The name of a vector register whatever its width, or undefined. Mask registers have none. */
export const vector = (operand) => /^%[xyz]mm(\d+)/.exec(operand)?.[0].replace(/^%[xyz]/, '')

export const VECTORS = Array.from({ length: 32 }, (_, i) => `mm${i}`)

/** `disp(base,index,scale)`, perhaps with a segment, a mask or a broadcast: its parts, or null. */
export function memory(operand) {
  const match = /^\*?(?:%[a-z]s:)?(-?)(0x[0-9a-f]+)?\(([^)]*)\)/.exec(operand)
  if (match === null) return null
  const [base = '', index = ''] = match[3].split(',')
  return { displacement: Number(match[2] ?? 0) * (match[1] === '-' ? -1 : 1), base, index }
}

/** The general registers that an address is made of. */
export const addressRegisters = (operand) => {
  const { base, index } = memory(operand) ?? { base: '', index: '' }
  return [base, index].map(general).filter(Boolean)
}

/** Bytes that an instruction moves: as its name says, or those of its widest register. */
export function widthOf(mnemonic, operands) {
  const named = { vmovd: 4, vmovq: 8, movd: 4, vpextrd: 4, vpextrq: 8, movq: 8, movl: 4, movw: 2, movb: 1 }[mnemonic]
  if (named !== undefined) return named
  const vectors = operands.map((o) => ({ x: 16, y: 32, z: 64 })[/^%([xyz])mm/.exec(o)?.[1]] ?? 0)
  const generals = operands.map((o) => registers.get(o)?.width ?? 0)
  return Math.max(...vectors) || Math.max(...generals) || 8
}

const CELL = 8
const cellName = (base, number) => `${base}[${number}]`

/** The 8-byte cells of the stack that an operand reaches, and whether it covers them whole; none for other memory. */
export function stackCells(operand, width) {
  const place = memory(operand)
  if (place === null || place.index !== '' || !/^%r[sb]p$/.test(place.base)) return []
  const first = Math.floor(place.displacement / CELL)
  const last = Math.floor((place.displacement + width - 1) / CELL)
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const start = (first + i) * CELL
    const whole = start >= place.displacement && start + CELL <= place.displacement + width
    return { cell: cellName(place.base, first + i), whole }
  })
}

/**
 * Cells that a function reads above an address which it has taken of its stack, and which are no spill slot of a general
 * register: other code may have put secrets there.
 */
export function addressTaken(instructions) {
  const taken = instructions
    .filter(({ mnemonic }) => /^lea/.test(mnemonic))
    .map(({ operands }) => memory(operands[0]))
    .filter((place) => place !== null && /^%r[sb]p$/.test(place.base))
  const cells = new Map()
  const spills = new Set()
  for (const { mnemonic, operands } of instructions) {
    const width = widthOf(mnemonic, operands)
    for (const operand of operands) for (const { cell } of stackCells(operand, width)) cells.set(cell, memory(operand))
    if (/^mov/.test(mnemonic) && general(operands[0] ?? '') !== undefined)
      for (const { cell } of stackCells(operands.at(-1), width)) spills.add(cell)
  }
  const isAbove = ({ base, displacement }) =>
    taken.some((from) => from.base === base && displacement >= from.displacement)
  return [...cells].filter(([cell, place]) => !spills.has(cell) && isAbove(place)).map(([cell]) => cell)
}
