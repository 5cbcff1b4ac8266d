import { Command } from 'commander'
import { diagnose, type Finding } from '../doctor/diagnose.ts'
import { exitCode } from '../exit-code.ts'
import { printList } from '../output/result.ts'
import { type SystemOptions, systemOptions } from '../system/connect.ts'

export function doctorCommand(): Command {
  return systemOptions(new Command('doctor').description('check this machine and the running system')).action(doctor)
}

async function doctor(options: SystemOptions): Promise<void> {
  const findings = await diagnose(options)
  if (options.json === true) printList(findings.map(row), [], true)
  else for (const finding of findings) process.stdout.write(`${line(finding)}\n`)
  if (findings.some(({ fault }) => fault !== undefined)) process.exitCode = exitCode.failed
}

const row = ({ check, saw, fault, hint }: Finding) => ({ check, ok: fault === undefined, saw: saw ?? fault, hint })

function line({ check, saw, fault, hint }: Finding): string {
  if (fault === undefined) return `ok    ${check}: ${saw}`
  return `FAIL  ${check}: ${fault}\n      hint: ${hint}`
}
