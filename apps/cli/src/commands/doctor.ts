import { examine } from '../doctor/checks.ts';
import { reportJson, reportLines, type Look } from '../doctor/report.ts';
import { ThisMachine, type DoctorOptions } from '../doctor/scene.ts';
import { CommandFailure } from '../failure.ts';

export interface DoctorCommand extends DoctorOptions {
  readonly json: boolean;
  readonly look: Look;
  readonly print: (line: string) => void;
}

/**
 * `gatehouse doctor`: whether a start with the same options would work, or how the gate does that runs there, and what
 * to do where something is not as it should be. Exit code 1 when something failed; a warning is none.
 */
export async function doctor(command: DoctorCommand): Promise<void> {
  const { json, look, print } = command;
  const findings = await examine(new ThisMachine(command));
  if (json) print(reportJson(findings));
  else for (const line of reportLines(findings, look)) print(line);
  if (findings.some(({ level }) => level === 'failed')) throw new CommandFailure('', 1);
}
