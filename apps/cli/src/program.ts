import os from 'node:os';
import path from 'node:path';
import { createLogger, systemClock, type LogLevel } from '@gatehouse/kernel';
import { Command, Option } from 'commander';
import { RunningGatehouse } from './commands/start.ts';
import type { Environment } from './load-config.ts';
import { newKey, sha256Hex } from './new-key.ts';
import {
  configOption,
  dataOption,
  listenOption,
  placesOf,
  statusOption,
  wholeNumber,
  type PlaceFlags,
} from './options.ts';
import { untilStopped } from './until-stopped.ts';
import { version } from './version.ts';

export interface Terminal {
  readonly env: Environment;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * All commands. What goes wrong is thrown: a `CommandFailure`, or a `CommanderError` for wrong words. Commands that end
 * soon are loaded when they are called: a gate that runs has no use for what they need.
 */
export function gatehouseProgram(terminal: Terminal): Command {
  const program = new Command('gatehouse')
    .description('One gate in front of services, AI models and agent tools.')
    .version(version(), '-v, --version')
    .showHelpAfterError('(gatehouse --help shows all commands)')
    .exitOverride();
  addStart(program, terminal);
  addDoctor(program, terminal);
  addValidate(program, terminal);
  addSchema(program, terminal);
  addKey(program, terminal);
  addLogs(program, terminal);
  addVersion(program, terminal);
  return program;
}

const print =
  ({ stdout }: Terminal) =>
  (line: string): void => {
    stdout.write(`${line}\n`);
  };

interface StartFlags extends PlaceFlags {
  readonly workers: number;
  readonly logLevel: LogLevel;
}

function addStart(program: Command, terminal: Terminal): void {
  const workers = new Option('--workers <n>', 'gateway threads').env('GATEHOUSE_WORKERS').argParser(wholeNumber);
  const level = new Option('--log-level <level>').env('GATEHOUSE_LOG_LEVEL').default('info');
  program
    .command('start')
    .description('run everything in one process; without --config, a demo that needs no account (the default command)')
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(listenOption())
    .addOption(statusOption())
    .addOption(workers.default(os.availableParallelism(), 'the number of cores'))
    .addOption(level.choices(['debug', 'info', 'warn', 'error']))
    .action(async (flags: StartFlags) => start(flags, terminal));
}

async function start(flags: StartFlags, terminal: Terminal): Promise<void> {
  const stopped = untilStopped();
  const { logLevel, workers } = flags;
  const log = createLogger({ level: logLevel, write: (line) => terminal.stderr.write(line), now: systemClock.now });
  const options = { ...placesOf(flags), workers, env: terminal.env, log, logLevel, print: print(terminal) };
  const running = new RunningGatehouse(options);
  try {
    await Promise.race([running.start(), stopped]);
    await stopped;
  } finally {
    await running.stop();
  }
}

interface JsonFlag {
  readonly json?: boolean;
}

function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('say whether a start with the same options would work, and what to do where not')
    .addOption(configOption())
    .addOption(dataOption())
    .addOption(listenOption())
    .addOption(statusOption())
    .option('--json', 'print the result as JSON')
    .action(async (flags: PlaceFlags & JsonFlag) => {
      const { env } = terminal;
      const node = process.version;
      const { doctor } = await import('./commands/doctor.ts');
      await doctor({ ...placesOf(flags), env, node, json: flags.json ?? false, print: print(terminal) });
    });
}

function addValidate(program: Command, terminal: Terminal): void {
  program
    .command('validate')
    .description('check a gatehouse.yaml; every problem with its line')
    .argument('<file>')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { json = false }: JsonFlag) => {
      const { validate } = await import('./commands/validate.ts');
      validate({ file, env: terminal.env, json, print: print(terminal) });
    });
}

function addSchema(program: Command, terminal: Terminal): void {
  program
    .command('schema')
    .description('print the JSON Schema of gatehouse.yaml, for editors')
    .action(async () => {
      const { schema } = await import('./commands/schema.ts');
      print(terminal)(schema());
    });
}

function addKey(program: Command, terminal: Terminal): void {
  program
    .command('key')
    .description('keys of applications')
    .command('create')
    .description('make a key: the key is for the caller, its sha256 for gatehouse.yaml')
    .option('--json', 'print the result as JSON')
    .action(({ json = false }: JsonFlag) => {
      const key = newKey();
      const sha256 = sha256Hex(key);
      print(terminal)(json ? JSON.stringify({ key, sha256 }) : `key     ${key}   (shown once)\nsha256  ${sha256}`);
    });
}

function addVersion(program: Command, terminal: Terminal): void {
  program
    .command('version')
    .description('print the version')
    .option('--json', 'print the result as JSON')
    .action(({ json = false }: JsonFlag) => {
      const facts = { version: version(), node: process.version };
      print(terminal)(json ? JSON.stringify(facts) : `gatehouse ${facts.version} (node ${facts.node})`);
    });
}

interface LogsFlags {
  readonly data: string;
  readonly follow?: boolean;
  readonly json?: boolean;
  readonly last: number;
  readonly [filter: string]: unknown;
}

function addLogs(program: Command, terminal: Terminal): void {
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
    .action(async (flags: LogsFlags) => showLogs(flags, terminal));
}

async function showLogs({ data, follow = false, json = false, last, ...filter }: LogsFlags, terminal: Terminal) {
  const { env, stdout } = terminal;
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
  await logs({ dataDir, follow, json, last, colour, filter, now, signal: stop.signal, print: write });
}
