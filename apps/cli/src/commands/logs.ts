import { existsSync } from 'node:fs';
import path from 'node:path';
import { formatItem, parseFilter, tailRecords, type FilterOptions, type TailItem } from '@gatehouse/record/spool';
import { CommandFailure } from '../failure.ts';

export interface LogsOptions {
  readonly dataDir: string;
  readonly follow: boolean;
  readonly json: boolean;
  readonly last: number;
  readonly colour: boolean;
  readonly filter: FilterOptions;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Resolves when more may be written. */
  readonly print: (line: string) => Promise<void>;
  /** What is said beside the records. */
  readonly note: (line: string) => void;
}

/** `gatehouse logs`: the last records, or those that pass the filter; `-f` goes on as they are written. */
export async function logs(options: LogsOptions): Promise<void> {
  const { dataDir, follow, json, last, signal, print, note } = options;
  const parsed = parseFilter(options.filter, options.now());
  if ('problem' in parsed) throw new CommandFailure(parsed.problem);
  const { filter } = parsed;
  const folder = path.join(dataDir, 'records');
  // Whoever follows may be there first.
  if (!follow && !existsSync(folder))
    throw new CommandFailure(`${dataDir} holds no records; name the data folder of a gateway with --data`);
  const items = tailRecords(folder, { filter, last, follow, signal });
  let printed = 0;
  for await (const item of items) {
    await print(lineOf(item, options));
    printed++;
  }
  if (printed === 0 && !json && !follow) note('no such call is recorded');
}

function lineOf(item: TailItem, { json, colour }: LogsOptions): string {
  if (!json) return formatItem(item, { colour });
  if (item.kind === 'corrupt') return JSON.stringify({ corrupt: item.corruption });
  return item.line;
}
