import { existsSync } from 'node:fs';
import path from 'node:path';
import { openBody, type BodyKey } from '@gatehouse/record';
import {
  bodiesOf,
  formatBody,
  formatItem,
  parseFilter,
  tailRecords,
  type FilterOptions,
  type TailItem,
} from '@gatehouse/record/spool';
import { CommandFailure } from '../failure.ts';

export interface LogsOptions {
  readonly dataDir: string;
  readonly follow: boolean;
  readonly json: boolean;
  readonly last: number;
  readonly colour: boolean;
  readonly filter: FilterOptions;
  /** Opens captured bodies, where they are asked for. */
  readonly bodies?: { readonly key: BodyKey } | undefined;
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
  const { id } = options.filter;
  if (options.bodies !== undefined && (id === undefined || follow))
    throw new CommandFailure('bodies are shown of one call, name it: --bodies --id ID');
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
  if (options.bodies !== undefined && id !== undefined) await printBodies(folder, id, options);
}

async function printBodies(folder: string, id: string, options: LogsOptions): Promise<void> {
  const { json, colour, print, note, bodies, signal } = options;
  const lines = await bodiesOf(folder, id, signal);
  for (const line of lines) {
    const opened = bodies && openBody(line, bodies.key);
    const { sealed: _, ...clear } = line;
    await print(json ? JSON.stringify({ ...clear, opened }) : formatBody(line, opened, { colour }));
  }
  if (lines.length === 0 && !json) note('no bodies of this call are kept: the policy `capture` says of which they are');
}

function lineOf(item: TailItem, { json, colour }: LogsOptions): string {
  if (!json) return formatItem(item, { colour });
  if (item.kind === 'corrupt') return JSON.stringify({ corrupt: item.corruption });
  return item.line;
}
