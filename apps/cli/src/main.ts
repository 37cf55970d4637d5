import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { configJsonSchema } from '@gatehouse/config';
import { createLogger, systemClock, type LogLevel } from '@gatehouse/kernel';
import { POLICIES } from '@gatehouse/policies';
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseAddress } from './address.ts';
import { logs } from './commands/logs.ts';
import { RunningGatehouse } from './commands/start.ts';
import { validate } from './commands/validate.ts';
import { CommandFailure } from './failure.ts';
import { newKey, sha256Hex } from './new-key.ts';
import { untilStopped } from './until-stopped.ts';

const { env } = process;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('write a whole number from 1.');
  return value;
}

const program = new Command('gatehouse')
  .description('One gate in front of services, AI models and agent tools.')
  .version(version(), '-v, --version')
  .showHelpAfterError('(gatehouse --help shows all commands)');

const dataOption = (): Option => new Option('--data <dir>', 'data folder').env('GATEHOUSE_DATA').default('.gatehouse');

interface StartFlags {
  readonly config?: string;
  readonly data: string;
  readonly listen: string;
  readonly status: string;
  readonly workers: number;
  readonly logLevel: LogLevel;
}

program
  .command('start', { isDefault: true })
  .description('run everything in one process; without --config, a demo that needs no account')
  .addOption(
    new Option('--config <file>', 'gatehouse.yaml to serve; changes are applied as they are saved').env(
      'GATEHOUSE_CONFIG',
    ),
  )
  .addOption(dataOption())
  .addOption(new Option('--listen <host:port>', 'the gateway').env('GATEHOUSE_LISTEN').default('127.0.0.1:8080'))
  .addOption(
    new Option('--status <host:port>', '/livez, /readyz, /metrics').env('GATEHOUSE_STATUS').default('127.0.0.1:8091'),
  )
  .addOption(
    new Option('--workers <n>', 'gateway threads')
      .env('GATEHOUSE_WORKERS')
      .argParser(wholeNumber)
      .default(os.availableParallelism(), 'the number of cores'),
  )
  .addOption(
    new Option('--log-level <level>')
      .env('GATEHOUSE_LOG_LEVEL')
      .choices(['debug', 'info', 'warn', 'error'])
      .default('info'),
  )
  .action(async (flags: StartFlags) => {
    const { logLevel } = flags;
    const running = new RunningGatehouse({
      config: flags.config,
      dataDir: path.resolve(flags.data),
      listen: parseAddress(flags.listen, '--listen'),
      status: parseAddress(flags.status, '--status'),
      workers: flags.workers,
      env,
      log: createLogger({ level: logLevel, write: (line) => process.stderr.write(line), now: systemClock.now }),
      logLevel,
      print,
    });
    try {
      await running.start();
      await untilStopped();
    } finally {
      await running.stop();
    }
  });

program
  .command('validate')
  .description('check a gatehouse.yaml; every problem with its line')
  .argument('<file>')
  .option('--json', 'print the result as JSON')
  .action((file: string, flags: { json?: boolean }) => validate({ file, env, json: flags.json ?? false, print }));

program
  .command('schema')
  .description('print the JSON Schema of gatehouse.yaml, for editors')
  .action(() => print(JSON.stringify(configJsonSchema(POLICIES), null, 2)));

const key = program.command('key').description('keys of applications');
key
  .command('create')
  .description('make a key: the key is for the caller, its sha256 for gatehouse.yaml')
  .option('--json', 'print the result as JSON')
  .action((flags: { json?: boolean }) => {
    const made = newKey();
    const sha256 = sha256Hex(made);
    print(
      flags.json === true ? JSON.stringify({ key: made, sha256 }) : `key     ${made}   (shown once)\nsha256  ${sha256}`,
    );
  });

interface LogsFlags {
  readonly data: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly last: number;
  readonly [filter: string]: unknown;
}

program
  .command('logs')
  .description('the record of calls, newest last')
  .addOption(dataOption())
  .option('-f, --follow', 'go on as calls come in')
  .option('--json', 'one JSON record a line')
  .addOption(new Option('-n, --last <n>', 'how many to begin with').argParser(wholeNumber).default(50))
  .option('--status <status>', '404, 5xx, >=400 or several with commas')
  .option('--api <name>')
  .option('--route <id>')
  .option('--application <name>')
  .option('--method <method>')
  .option('--path <prefix>')
  .option('--code <code>', 'such as limit.rate, or a family such as limit')
  .option('--model <name>', 'as asked for, as served, or provider/model')
  .option('--since <when>', 'such as 10m, or an ISO time')
  .option('--id <request id>')
  .option('--limit <n>', 'stop after so many')
  .action(async ({ data, follow, json, last, ...filter }: LogsFlags) => {
    const stop = new AbortController();
    void untilStopped().then(() => stop.abort());
    process.stdout.on('error', () => stop.abort());
    await logs({
      dataDir: path.resolve(data),
      follow: follow ?? false,
      json: json ?? false,
      last,
      colour: process.stdout.isTTY && env['NO_COLOR'] === undefined,
      filter,
      now: systemClock.now,
      signal: stop.signal,
      print: async (line) => {
        if (!process.stdout.write(`${line}\n`)) await new Promise((resolve) => process.stdout.once('drain', resolve));
      },
    });
  });

program
  .command('version')
  .description('print the version')
  .option('--json', 'print the result as JSON')
  .action((flags: { json?: boolean }) => {
    print(
      flags.json === true
        ? JSON.stringify({ version: version(), node: process.version })
        : `gatehouse ${version()} (node ${process.version})`,
    );
  });

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0.0.0';
}

try {
  await program.parseAsync();
  process.exit(0);
} catch (error) {
  const failure = error instanceof CommandFailure ? error : undefined;
  process.stderr.write(
    `${failure?.message ?? (error instanceof Error ? (error.stack ?? error.message) : String(error))}\n`,
  );
  process.exit(failure?.exitCode ?? 2);
}
