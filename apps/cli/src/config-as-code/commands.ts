import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { formatProblem } from '@gatehouse/config';
import { diffSnapshots } from '@gatehouse/config/meaning';
import { stringify } from 'yaml';
import type { ConfigPlan } from '@gatehouse/control';
import { AdminError, type AdminClient } from '../admin-client.ts';
import { CommandFailure } from '../failure.ts';
import { compileText, type Environment } from '../load-config.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { readConfigOnce, readUtf8 } from '../read-config.ts';
import type { Terminal } from '../terminal.ts';
import { writeNew } from '../write-new.ts';
import { askedPlan, exportedConfig, namesIn } from './house-config.ts';
import { isDifferent, meaningView, planView } from './plan-view.ts';
import { sentFile, type SentFile } from './sent-file.ts';

interface Printing {
  readonly json: boolean;
  readonly print: (line: string) => void;
  /** To stderr: what is not the result. */
  readonly note: (line: string) => void;
}

export interface ExportOptions extends Printing {
  readonly client: AdminClient;
  readonly workspace: string;
  /** Undefined: it is printed. */
  readonly out: string | undefined;
}

/** `gatehouse export`: documents are written beside the file. */
export async function exportConfig({ client, workspace, out, json, print, note }: ExportOptions): Promise<void> {
  const { source, documents, left } = await exportedConfig(client, workspace);
  for (const line of left) note(`left out: ${line}`);
  if (json) return print(JSON.stringify({ source, documents }));
  const text = stringify(source, { lineWidth: 120 });
  const files = Object.entries(documents);
  if (out === undefined) {
    if (files.length > 0)
      note(`${files.length} OpenAPI documents are not printed; write them beside the file with --out`);
    return print(text.trimEnd());
  }
  writeAllNew([[out, text], ...files.map(([name, document]) => [besideOf(out, name), document] as const)]);
  note(`${out}: ${files.length === 0 ? 'written' : `written, with ${files.length} documents beside it`}`);
}

/** A gate says what its documents are called, and nothing about where else to write. */
function besideOf(file: string, name: string): string {
  const beside = path.join(path.dirname(file), name);
  if (!/^\.\/[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || path.resolve(beside) === path.resolve(file))
    throw new CommandFailure(`${JSON.stringify(name)}: this is no name of a document`);
  return beside;
}

/** All of them, or none. */
function writeAllNew(files: readonly (readonly [file: string, text: string])[]): void {
  for (const [file] of files) {
    if (existsSync(file)) throw new CommandFailure(`${file}: there is such a file, name another`);
  }
  for (const [file, text] of files) writeNew(file, text);
}

export interface DiffOptions extends Printing {
  readonly client: AdminClient;
  readonly workspace: string;
  readonly name: string | undefined;
  readonly file: string;
  readonly env: Environment;
}

/** `gatehouse diff FILE`: exit code 1 where an apply would change anything. */
export async function diff(options: DiffOptions): Promise<void> {
  const { json, print } = options;
  const { plan, sent, insteadOfFile } = await planned(options);
  if (json) print(JSON.stringify(plan));
  requirePossible(plan, sent, json);
  if (!isDifferent(plan)) {
    if (!json)
      for (const line of [...planView({ changes: plan.changes }), `${options.file}: nothing differs`]) print(line);
    return;
  }
  if (!json) {
    print(
      `${options.file}, instead of ${insteadOfFile ? 'the file that the gate was started with' : `what is served of ${options.workspace}`}:`,
    );
    for (const line of planView(plan)) print(line);
  }
  throw new CommandFailure('', 1);
}

/** `gatehouse diff OLD NEW`: what one file would serve and the other does not; nobody has to run. */
export async function diffFiles({
  before,
  after,
  env,
  json,
  print,
}: Printing & { readonly before: string; readonly after: string; readonly env: Environment }): Promise<void> {
  const meaning = diffSnapshots(await snapshotOf(before, env), await snapshotOf(after, env));
  if (json) print(JSON.stringify({ meaning }));
  else if (meaning.changes.length === 0) print(`${after}: means the same as ${before}`);
  else for (const line of meaningView(meaning.changes).slice(1)) print(line);
  if (meaning.changes.length > 0) throw new CommandFailure('', 1);
}

async function snapshotOf(file: string, env: Environment) {
  const text = readConfigOnce(file);
  const result = compileText(text, { file, env, plugins: await loadPlugins(text, { file, readText: readUtf8 }) });
  if ('snapshot' in result) return result.snapshot;
  throw new CommandFailure(result.problems.map(formatProblem).join('\n'));
}

export interface ApplyOptions extends DiffOptions {
  readonly takeOver: boolean;
  /** Without asking. */
  readonly yes: boolean;
  readonly terminal: Terminal;
}

/** `gatehouse apply FILE`: shows what it would do, asks, and does that or nothing. */
export async function apply(options: ApplyOptions): Promise<void> {
  const { client, workspace, json, print, note, terminal, file } = options;
  const { plan, sent, body, insteadOfFile } = await planned(options);
  requirePossible(plan, sent, false);
  if (insteadOfFile) {
    const detail =
      'the gate serves this of the file that it was started with; change that, and it is applied as it is saved';
    throw new CommandFailure(`${file}: ${detail}`);
  }
  if (plan.changes.length === 0) {
    return print(json ? JSON.stringify(plan) : `${file}: nothing to apply`);
  }
  for (const line of planView(plan)) (json ? note : print)(line);
  if (!options.yes && isDifferent(plan)) await requireYes(terminal);
  const applied = await askedPlan(client, { workspace, what: 'apply', body: { ...body, plan: plan.plan } }).catch(
    (error: unknown) => {
      throw error instanceof AdminError && error.code === 'admin.stale'
        ? new CommandFailure(`${file}: what is there has changed since the plan, look again`)
        : error;
    },
  );
  if (json) return print(JSON.stringify(applied));
  const { enforcement } = applied;
  const proof =
    enforcement === undefined
      ? ''
      : `: enforced by ${enforcement.workers.enforcing} of ${enforcement.workers.of} workers (${enforcement.snapshot})`;
  print(`applied${proof}`);
}

async function requireYes({ stdin, stdout }: Terminal): Promise<void> {
  if (!stdin.isTTY)
    throw new CommandFailure('nobody can be asked here: look at it with gatehouse diff, and apply with --yes');
  const asking = createInterface({ input: stdin, output: stdout });
  const answer = await asking.question('Apply this? [y/N] ');
  asking.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new CommandFailure('nothing was applied', 1);
}

interface Planned {
  readonly plan: ConfigPlan;
  readonly sent: SentFile;
  readonly body: object;
  /** It is another version of what the gate was started with. */
  readonly insteadOfFile: boolean;
}

async function planned({
  client,
  workspace,
  name,
  file,
  env,
  ...rest
}: DiffOptions & Partial<ApplyOptions>): Promise<Planned> {
  const there = await exportedConfig(client, workspace);
  const sent = await sentFile(file, { env, known: namesIn(there) });
  const { source, documents, unset } = sent;
  for (const { name: variable, path: at } of unset)
    rest.note(`${variable} is not set here, so what is kept as ${at} stays`);
  const apis: unknown = source['apis'];
  const named = typeof apis === 'object' && apis !== null ? Object.keys(apis) : [];
  const insteadOfFile = named.some((api) => there.ofFile.includes(api));
  const body = {
    name: name ?? sourceNameOf(file),
    source,
    documents,
    ...(rest.takeOver === true && { takeOver: true }),
    ...(insteadOfFile && { insteadOfFile }),
  };
  return { plan: await askedPlan(client, { workspace, what: 'plan', body }), sent, body, insteadOfFile };
}

/** One that is like it only would own, and take away, what another file has made. */
function sourceNameOf(file: string): string {
  const name = path.basename(file).replaceAll(/[^A-Za-z0-9._\u0080-\uffff-]+/g, '-');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new CommandFailure(`${file}: say by --name under which name it owns what it says, its own cannot be one`);
}

/** Problems as they are told of any file. */
function requirePossible({ problems }: ConfigPlan, { file, placeOf }: SentFile, quiet: boolean): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ at, message }) => {
    const { line, column } = placeOf(at);
    return `${file}:${line}:${column}: ${message}`;
  });
  throw new CommandFailure(quiet ? '' : lines.join('\n'));
}
