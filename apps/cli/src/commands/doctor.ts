import { rmSync } from 'node:fs';
import type { Snapshot } from '@gatehouse/config';
import { formatAddress, requireApart, requireFree, type Address } from '../address.ts';
import { tlsAddress } from '../tls-address.ts';
import { requireDataFolder } from '../data-folder.ts';
import { requireUnlocked } from '../data-lock.ts';
import { CommandFailure } from '../failure.ts';
import { compileText, outcomeOf, type Environment } from '../load-config.ts';
import { requireLoaded } from '../loaded.ts';
import { readConfig } from '../read-config.ts';

export interface DoctorOptions {
  readonly config: string | undefined;
  readonly dataDir: string;
  readonly listen: Address;
  readonly listenTls: Address | undefined;
  readonly status: Address;
  readonly control: Address | undefined;
  readonly env: Environment;
  /** As `process.version` has it. */
  readonly node: string;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What is there, or what is wrong and what to do. */
  readonly detail: string;
}

/** What Gatehouse is written and tested for; `npm start` and `npx gatehouse` bring it. */
const NODE_MAJOR = 26;

/** `gatehouse doctor`: whether a start with the same options would work, one line for each condition. */
export async function doctor(options: DoctorOptions): Promise<void> {
  const { json, print } = options;
  const findings = await examine(options);
  const ok = findings.every((finding) => finding.ok);
  if (json) print(JSON.stringify({ ok, checks: findings }));
  else for (const finding of findings) print(lineOf(finding));
  if (!ok) throw new CommandFailure('', 1);
}

function lineOf({ name, ok, detail }: Finding): string {
  const [first = '', ...more] = detail.split('\n');
  const indented = more.map((line) => `\n${' '.repeat(NAME_CHARS + 3)}${line}`);
  return `${ok ? '✓' : '✗'} ${name.padEnd(NAME_CHARS)} ${first}${indented.join('')}`;
}

const NAME_CHARS = 7;

async function examine(options: DoctorOptions): Promise<readonly Finding[]> {
  const { dataDir, listen, status, control } = options;
  const listenTls = tlsAddress(snapshotOf(options), options.listenTls);
  const tls = listenTls && (await found('tls', async () => tlsState(listenTls, { listen, status })));
  return [
    await found('node', () => nodeVersion(options.node)),
    await found('data', () => dataState(dataDir)),
    await found('gateway', async () => {
      await requireFree(listen);
      return `${formatAddress(listen)} is free`;
    }),
    ...(tls === undefined ? [] : [tls]),
    await found('status', async () => {
      requireApart(listen, status);
      await requireFree(status);
      return `${formatAddress(status)} is free`;
    }),
    ...(control === undefined ? [] : [await found('console', async () => consoleState(control, { listen, status }))]),
    await found('config', () => configState(options)),
  ];
}

async function found(name: string, check: () => string | Promise<string>): Promise<Finding> {
  try {
    return { name, ok: true, detail: await check() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

async function consoleState(
  address: Address,
  { listen, status }: Pick<DoctorOptions, 'listen' | 'status'>,
): Promise<string> {
  requireApart(listen, address);
  requireApart(status, address);
  await requireFree(address);
  return `${formatAddress(address)} is free`;
}

async function tlsState(
  address: Address,
  { listen, status }: Pick<DoctorOptions, 'listen' | 'status'>,
): Promise<string> {
  requireApart(listen, address);
  requireApart(address, status);
  await requireFree(address);
  return `${formatAddress(address)} is free`;
}

/** What is wrong with it is told elsewhere. */
function snapshotOf({ config, env }: DoctorOptions): Snapshot | undefined {
  try {
    const result = config === undefined ? undefined : compileText(readConfig(config), { file: config, env });
    return result !== undefined && 'snapshot' in result ? result.snapshot : undefined;
  } catch {
    return undefined;
  }
}

function nodeVersion(version: string): string {
  const major = Number(/^v(\d+)\./.exec(version)?.[1]);
  if (major >= NODE_MAJOR) return version;
  throw new CommandFailure(`${version} is too old, npm start and npx gatehouse bring Node ${NODE_MAJOR}`);
}

/** Leaves nothing behind: whoever asks a doctor has not started yet. */
function dataState(dataDir: string): string {
  const made = requireDataFolder(dataDir);
  if (made !== undefined) rmSync(made, { recursive: true });
  requireUnlocked(dataDir);
  return `${dataDir} can be written`;
}

function configState({ config, env }: DoctorOptions): string {
  if (config === undefined) return 'none given, the demo would be served; name a file with --config';
  const { snapshot, warnings } = requireLoaded(outcomeOf(compileText(readConfig(config), { file: config, env })));
  const { length } = snapshot.routes;
  return [`${config} is valid (${length} ${length === 1 ? 'route' : 'routes'})`, ...warnings].join('\n');
}
