import { CommandFailure } from '../failure.ts';
import { importKong, KongProblem, type KongImport } from '../kong/import-kong.ts';
import { readConfigOnce } from '../read-config.ts';
import { writeNew } from '../write-new.ts';

export interface ImportOptions {
  readonly file: string;
  /** Written there instead of printed; never over a file that is there. */
  readonly out: string | undefined;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `gatehouse import kong FILE`: exit code 1 when something was left out that changes who may call. */
export function importFromKong({ file, out, json, print }: ImportOptions): void {
  const { yaml, leftOut } = imported(file);
  if (out !== undefined) writeNew(out, yaml);
  if (json) print(JSON.stringify({ leftOut, ...(out === undefined ? { yaml } : { file: out }) }));
  else if (out === undefined) print(yaml.trimEnd());
  else {
    print(
      `${out} is written; ${leftOut.length === 0 ? 'everything was carried over' : 'what was not stands at its top'}`,
    );
  }
  const grave = leftOut.filter(({ security }) => security).length;
  if (grave > 0) {
    const what = `${grave} ${grave === 1 ? 'thing that decides' : 'things that decide'} who may call could not be carried over`;
    throw new CommandFailure(json ? '' : `${file}: ${what}, see the lines with ! at the top`, 1);
  }
}

function imported(file: string): KongImport {
  try {
    return importKong(readConfigOnce(file));
  } catch (error) {
    if (error instanceof KongProblem) throw new CommandFailure(`${file}: ${error.message}`);
    throw error;
  }
}
