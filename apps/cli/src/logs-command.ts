import path from 'node:path';
import { systemClock } from '@gatehouse/kernel';
import type { BodyKey } from '@gatehouse/record';
import { Option, type Command } from 'commander';
import { CommandFailure } from './failure.ts';
import { dataOption, wholeNumber } from './options.ts';
import type { Terminal } from './terminal.ts';
import { untilStopped } from './until-stopped.ts';

interface LogsFlags {
  readonly data: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly last: number;
  readonly bodies?: boolean;
  readonly [filter: string]: unknown;
}

export function defineLogs(command: Command, terminal: Terminal): void {
  command
    .description('the record of calls, newest last; filters are joined by "and"')
    .addOption(dataOption())
    .option('-f, --follow', 'go on as calls come in')
    .option('--json', 'one JSON record a line')
    .addOption(new Option('-n, --last <n>', 'how many to begin with').argParser(wholeNumber()).default(50))
    .option('--status <status>', '404, 5xx, >=400 or several with commas')
    .option('--api <name>', 'as gatehouse.yaml names it')
    .option('--route <id>', 'as a JSON record names it')
    .option('--application <name>', 'who called')
    .option('--method <method>', 'such as GET')
    .option('--path <prefix>', 'such as /v1/users')
    .option('--code <code>', 'why it was refused: such as limit.rate, or a family such as limit')
    .option('--model <name>', 'as asked for, as served, or provider/model')
    .option('--since <when>', 'such as 10m, or an ISO time')
    .option('--id <request id>', 'as in x-request-id of the reply')
    .option('--bodies', 'with --id: what the policy `capture` has kept of it, decrypted')
    .option('--limit <n>', 'stop after so many')
    .action(async (flags: LogsFlags) => showLogs(flags, terminal));
}

async function showLogs(flags: LogsFlags, terminal: Terminal): Promise<void> {
  const { data, follow = false, json = false, last, bodies = false, ...filter } = flags;
  const { env, stdout, stderr } = terminal;
  const stop = new AbortController();
  void untilStopped().then(() => stop.abort());
  stdout.on('error', () => stop.abort());
  const colour = stdout.isTTY && env['NO_COLOR'] === undefined;
  const writable = async (): Promise<unknown> => new Promise((resolve) => stdout.once('drain', resolve));
  const write = async (line: string): Promise<void> => {
    if (!stdout.write(`${line}\n`)) await writable();
  };
  const { now } = systemClock;
  const { logs } = await import('./commands/logs.ts');
  const dataDir = path.resolve(data);
  const note = (line: string): void => void stderr.write(`${line}\n`);
  const key = bodies ? await bodyKeyIn(dataDir, env['GATEHOUSE_SECRET_KEY']) : undefined;
  const opener = key && { key };
  await logs({
    dataDir,
    follow,
    json,
    last,
    colour,
    filter,
    bodies: opener,
    now,
    signal: stop.signal,
    print: write,
    note,
  });
}

async function bodyKeyIn(dataDir: string, secretKey: string | undefined): Promise<BodyKey> {
  const { derivedSecret, knownGateSecret } = await import('@gatehouse/gateway');
  const { bodyKey } = await import('@gatehouse/record');
  const secret = knownGateSecret(dataDir, secretKey);
  if (secret === undefined)
    throw new CommandFailure(`${dataDir} holds no key; set GATEHOUSE_SECRET_KEY where the gateway was started with it`);
  return bodyKey(derivedSecret(secret, 'bodies'));
}
