import { systemClock } from '@gatehouse/kernel';
import { Command } from 'commander';
import { defineBackup, defineRestore } from './backup/define-backup.ts';
import { defineApply, defineDiff, defineExport } from './config-as-code/define-config.ts';
import { defineLint } from './lint/lint-command.ts';
import { defineBreaking } from './breaking/define-breaking.ts';
import { defineDrift } from './drift/define-drift.ts';
import { defineKey } from './keys/define-key.ts';
import { defineLedger } from './ledger/define-ledger.ts';
import { defineLogs } from './logs-command.ts';
import { parseAddress } from './address.ts';
import {
  dataOption,
  databaseOption,
  placesOf,
  startOptions,
  statusOption,
  storeOf,
  type PlaceFlags,
} from './options.ts';
import { defineStart } from './start-command.ts';
import { hasColours, print, type Terminal } from './terminal.ts';
import { version } from './version.ts';

const FIRST_STEPS = `
First steps:
  gatehouse start                          the demo, with two calls to try
  gatehouse validate gatehouse.yaml        whether a file can be served
  gatehouse start --config gatehouse.yaml  serve it; changes are applied as they are saved
  gatehouse logs --follow                  watch calls as they come in`;

/**
 * All commands. What goes wrong is thrown: a `CommandFailure`, or a `CommanderError` for wrong words. Commands that end
 * soon are loaded when they are called: a gate that runs has no use for what they need.
 */
export function gatehouseProgram(terminal: Terminal): Command {
  const program = new Command('gatehouse')
    .description('One gate in front of services, AI models and agent tools.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .showHelpAfterError('(gatehouse --help shows all commands)')
    .addHelpText('after', FIRST_STEPS)
    .exitOverride();
  defineStart(added(program, 'start'), terminal);
  defineDoctor(added(program, 'doctor'), terminal);
  defineValidate(added(program, 'validate'), terminal);
  defineDiff(added(program, 'diff'), terminal);
  defineApply(added(program, 'apply'), terminal);
  defineExport(added(program, 'export'), terminal);
  defineSchema(added(program, 'schema'), terminal);
  defineBreaking(added(program, 'breaking'), terminal);
  defineDrift(added(program, 'drift'), terminal);
  defineKey(added(program, 'key'), { added, terminal });
  defineHashPassword(added(program, 'hash-password'), terminal);
  defineImport(added(program, 'import'), terminal);
  defineDraft(added(program, 'draft'), terminal);
  defineAudit(added(program, 'audit'), terminal);
  defineLedger(added(program, 'ledger'), { added, terminal });
  defineBackup(added(program, 'backup'), terminal);
  defineRestore(added(program, 'restore'), terminal);
  defineCache(added(program, 'cache'), terminal);
  defineLint(added(program, 'lint'), terminal);
  defineLogs(added(program, 'logs'), terminal);
  defineVersion(added(program, 'version'), terminal);
  return program;
}

/** A command whose failures point at its own help. */
function added(parent: Command, name: string): Command {
  const names = parent.parent === null ? `gatehouse ${name}` : `gatehouse ${parent.name()} ${name}`;
  return parent.command(name).showHelpAfterError(`(${names} --help shows what it takes)`);
}

interface JsonFlag {
  readonly json?: boolean;
}

interface DoctorFlags extends PlaceFlags, JsonFlag {
  readonly workers: number;
  readonly offline?: boolean;
}

function defineDoctor(command: Command, terminal: Terminal): void {
  command.description(
    'say whether a start with the same options would work, or how the gate does that runs, and what to do',
  );
  for (const option of startOptions()) command.addOption(option);
  command
    .option('--offline', 'ask nobody but this machine')
    .option('--json', 'print the result as JSON')
    .action(async ({ workers, offline = false, json = false, ...places }: DoctorFlags) => {
      const { env, stdout } = terminal;
      const { doctor } = await import('./commands/doctor.ts');
      const facts = { workers, offline, env, node: process.version, nowMs: systemClock.now };
      const look = { colours: hasColours(stdout, env), columns: stdout.isTTY ? stdout.columns : undefined };
      const output = { json, look, print: print(terminal) };
      await doctor({ ...placesOf(places), ...facts, ...output });
    });
}

function defineValidate(command: Command, terminal: Terminal): void {
  command
    .description('check a gatehouse.yaml; every problem with its line')
    .argument('<file>', 'such as gatehouse.yaml')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { json = false }: JsonFlag) => {
      const { validate } = await import('./commands/validate.ts');
      await validate({ file, env: terminal.env, json, print: print(terminal) });
    });
}

function defineSchema(command: Command, terminal: Terminal): void {
  command.description('print the JSON Schema of gatehouse.yaml, for editors').action(async () => {
    const { schema } = await import('./commands/schema.ts');
    print(terminal)(schema());
  });
}

function defineHashPassword(command: Command, terminal: Terminal): void {
  command
    .description('read a password, print its hash for gatehouse.yaml')
    .addHelpText('after', '\nFrom a pipe: printf %s "$PASSWORD" | gatehouse hash-password')
    .option('--json', 'print the result as JSON')
    .action(async ({ json = false }: JsonFlag) => {
      const { hashPassword } = await import('./commands/hash-password.ts');
      const ask = (text: string): void => void terminal.stderr.write(text);
      await hashPassword({ stdin: terminal.stdin, ask, json, print: print(terminal) });
    });
}

interface StoreFlags {
  readonly data: string;
  readonly database?: string;
}

function defineAudit(command: Command, terminal: Terminal): void {
  command.description('what was changed, by whom, as a chain that shows tampering');
  added(command, 'export')
    .description('print every entry, a line each, and where the chains end')
    .addOption(dataOption())
    .addOption(databaseOption())
    .action(async (flags: StoreFlags) => {
      const { exportAudit } = await import('./commands/audit.ts');
      await exportAudit({ place: storeOf(flags), print: print(terminal) });
    });
  added(command, 'verify')
    .description('say whether entries are as they were written; of an export, or of the store')
    .argument('[file]', 'an export, such as audit.ndjson')
    .addOption(dataOption())
    .addOption(databaseOption())
    .option(
      '--key <key>',
      'a public key of the house, the x of GET /api/v1/audit/key; again for further ones',
      (key: string, keys: readonly string[]) => [...keys, key],
      [],
    )
    .option('--json', 'print the result as JSON')
    .action(async (file: string | undefined, { json = false, key, ...flags }: VerifyFlags) => {
      const { verify } = await import('./commands/audit.ts');
      await verify({ file, keys: key, place: storeOf(flags), json, print: print(terminal) });
    });
}

interface VerifyFlags extends JsonFlag, StoreFlags {
  readonly key: readonly string[];
}

function defineCache(command: Command, terminal: Terminal): void {
  command.description('replies that a running gate keeps');
  added(command, 'purge')
    .description('make the gate forget replies, by address, by the beginning of addresses, or by tag')
    .option('--url <url>', 'such as http://api.example.com/v1/users?page=2, as callers ask for it')
    .option('--prefix <prefix>', 'every address that begins so')
    .option('--tag <tag>', 'every reply with this tag in its cache-tag')
    .addOption(statusOption())
    .option('--json', 'print the result as JSON')
    .action(async ({ json = false, status, ...what }: JsonFlag & PurgeFlags) => {
      const { cachePurge } = await import('./commands/cache-purge.ts');
      const token = terminal.env['GATEHOUSE_ADMIN_TOKEN'];
      await cachePurge({ ...what, status: parseAddress(status, '--status'), token, json, print: print(terminal) });
    });
}

interface PurgeFlags {
  readonly url?: string;
  readonly prefix?: string;
  readonly tag?: string;
  readonly status: string;
}

function defineImport(command: Command, terminal: Terminal): void {
  command.description('make a gatehouse.yaml of what another gateway, or a document, says');
  added(command, 'kong')
    .description('from a declarative file of Kong or decK; says what could not be carried over')
    .argument('<file>', 'such as kong.yaml')
    .option('--out <file>', 'write it there instead of printing it; never over another')
    .option('--json', 'print the result as JSON')
    .action(async (file: string, { out, json = false }: JsonFlag & { readonly out?: string }) => {
      const { importFromKong } = await import('./commands/import.ts');
      importFromKong({ file, out, json, print: print(terminal) });
    });
  added(command, 'openapi')
    .description('from an OpenAPI or Swagger document; says what could not be carried over')
    .argument('<file or url>', 'such as users.openapi.yaml')
    .option('--name <name>', 'what the api is called; without it, by its title')
    .option('--upstream <url>', 'where it is served; without it, as the document says')
    .option('--document <file>', 'keep the document there as OpenAPI 3; never over another')
    .option('--out <file>', 'write the gatehouse.yaml there instead of printing it; never over another')
    .option('--json', 'print the result as JSON')
    .action(async (from: string, { json = false, ...flags }: JsonFlag & OpenApiFlags) => {
      const { importOpenApi } = await import('./commands/import-openapi.ts');
      await importOpenApi({ from, ...flags, json, print: print(terminal), note: noteTo(terminal) });
    });
}

interface OpenApiFlags {
  readonly name?: string;
  readonly upstream?: string;
  readonly document?: string;
  readonly out?: string;
}

function noteTo({ stderr }: Terminal): (line: string) => void {
  return (line) => void stderr.write(`${line}\n`);
}

function defineDraft(command: Command, terminal: Terminal): void {
  command
    .description('make the first draft of an OpenAPI document of recorded calls')
    .argument('<file>', 'JSON lines, such as of gatehouse logs --json, or a HAR file; /dev/stdin for a pipe')
    .option('--title <title>', 'of the api')
    .option('--json', 'print the document as JSON instead of YAML')
    .action(async (file: string, { title, json = false }: JsonFlag & { readonly title?: string }) => {
      const { draft } = await import('./commands/draft.ts');
      draft({ file, title, json, print: print(terminal), note: noteTo(terminal) });
    });
}

function defineVersion(command: Command, terminal: Terminal): void {
  command
    .description('print the version')
    .option('--json', 'print the result as JSON')
    .action(({ json = false }: JsonFlag) => {
      const facts = { version: version(), node: process.version };
      print(terminal)(json ? JSON.stringify(facts) : `gatehouse ${facts.version} (node ${facts.node})`);
    });
}
