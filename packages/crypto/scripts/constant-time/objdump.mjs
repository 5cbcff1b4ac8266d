import { execFileSync } from 'node:child_process'

/**
 * The functions of an x86-64 object file: [{ name, instructions: [{ address, mnemonic, operands, target }] }],
 * operands in AT&T order (the destination last), `target` the address of a direct jump within the function.
 */
export function functionsOf(objectFile) {
  const text = execFileSync('objdump', ['-d', '--no-show-raw-insn', '-M', 'att', objectFile], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  const functions = []
  for (const line of text.split('\n')) {
    const header = /^[0-9a-f]+ <(.+)>:$/.exec(line)
    if (header) functions.push({ name: header[1], instructions: [] })
    const code = /^\s+([0-9a-f]+):\t(.+)$/.exec(line)
    if (code && !/^\(bad\)/.test(code[2])) functions.at(-1).instructions.push(instruction(code[1], code[2]))
  }
  return functions
}

const PREFIXES = /^(?:(?:lock|rep|repz|repnz|notrack|bnd|cs|ds|data16|addr32|\{vex\}|\{evex\})\s+)+/

function instruction(address, text) {
  const [code] = text.replace(PREFIXES, '').split(/\s+#|\s+</)
  const [mnemonic, ...rest] = code.trim().split(/\s+/)
  const operands = splitOperands(rest.join(' '))
  const target = /^j/.test(mnemonic) && /^[0-9a-f]+$/.test(operands[0] ?? '') ? Number.parseInt(operands[0], 16) : null
  return { address: Number.parseInt(address, 16), mnemonic, operands, target, text: text.trim() }
}

/** Commas within parentheses belong to one memory operand. */
const splitOperands = (text) =>
  text
    .split(/,(?![^(]*\))/)
    .map((operand) => operand.trim())
    .filter(Boolean)
