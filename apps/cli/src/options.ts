import os from 'node:os';
import path from 'node:path';
import { WORKERS_MAX } from '@gatehouse/kernel';
import { InvalidArgumentError, Option } from 'commander';
import { parseAddress } from './address.ts';
import { analyticsOf, analyticsOption, type AnalyticsFlags } from './analytics-option.ts';
import { parseRanges } from './address-range.ts';
import { parseImportPlaces, type ImportPlaces } from './import-places.ts';
import type { Environment } from './load-config.ts';
import { localAccess } from './local-access.ts';
import { laterOptions, requireNothingLater, type LaterFlags } from './later-options.ts';
import { parsePublicUrl } from './public-url.ts';

/* Options that several commands have, with their variables and defaults. */

/** Parser of options that count. */
export const wholeNumber =
  (max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? 'from 1' : `from 1 to ${max}`;
    throw new InvalidArgumentError(`write a whole number ${range}.`);
  };

/** Parser of options that name something. Nothing is what a shell makes of a variable that is not set. */
export function someName(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('it is empty; write a name or leave the option out.');
}

/** Does not repeat the value, which may hold a password. */
function databaseUrl(text: string): string {
  if (/^postgres(?:ql)?:\/\/./.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('write postgres://USER:PASSWORD@HOST:PORT/NAME, or leave it out.');
}

const dataNamed = (what: string): Option =>
  new Option('--data <dir>', what).env('GATEHOUSE_DATA').default('.gatehouse').argParser(someName);
/** For commands that read what a gate has kept. */
export const dataOption = (): Option => dataNamed('data folder of the gate');
const configOption = (): Option =>
  new Option('--config <file>', 'gatehouse.yaml to serve; without it, the demo')
    .env('GATEHOUSE_CONFIG')
    .argParser(someName);
const listenOption = (): Option =>
  new Option('--listen <host:port>', 'where callers come in').env('GATEHOUSE_LISTEN').default('127.0.0.1:8080');
const listenTlsOption = (): Option =>
  new Option('--listen-tls <host:port>', 'where callers come in by TLS; without it, as the configuration says').env(
    'GATEHOUSE_LISTEN_TLS',
  );
export const statusOption = (): Option =>
  new Option('--status <host:port>', 'where /livez, /readyz and /metrics are')
    .env('GATEHOUSE_STATUS')
    .default('127.0.0.1:8091');
const consoleOption = (): Option =>
  new Option('--console <host:port>', 'where the admin API is; "off": nowhere')
    .env('GATEHOUSE_CONSOLE')
    .default('127.0.0.1:8090');
const publicUrlOption = (): Option =>
  new Option('--public-url <url>', 'under which address people reach the console; without it, this machine only')
    .env('GATEHOUSE_PUBLIC_URL')
    .argParser(parsePublicUrl);
const grantsOption = (): Option =>
  new Option('--grants <people>', 'how many people it takes to give somebody a role')
    .env('GATEHOUSE_GRANTS')
    .default('one')
    .choices(['one', 'two']);
const consoleProxiesOption = (): Option =>
  new Option(
    '--console-proxies <addresses>',
    'whose word about where people come from is believed; without it, nobody’s',
  )
    .env('GATEHOUSE_CONSOLE_PROXIES')
    .argParser(parseRanges);
export const databaseOption = (): Option =>
  new Option('--database <url>', 'postgres://… for what is governed; without it, SQLite in the data folder')
    .env('GATEHOUSE_DATABASE')
    .argParser(databaseUrl);
const importFromOption = (): Option =>
  new Option('--import-from <hosts>', 'from which hosts documents are fetched; without it, from all that are public')
    .env('GATEHOUSE_IMPORT_FROM')
    .argParser(parseImportPlaces);
const workersOption = (): Option =>
  new Option('--workers <n>', 'threads that serve')
    .env('GATEHOUSE_WORKERS')
    .argParser(wholeNumber(WORKERS_MAX))
    .default(Math.min(os.availableParallelism(), WORKERS_MAX), 'the number of cores');
const logLevelOption = (): Option =>
  new Option('--log-level <level>', 'least level that is logged, to stderr')
    .env('GATEHOUSE_LOG_LEVEL')
    .default('info')
    .choices(['debug', 'info', 'warn', 'error']);

/** For commands that use the admin API. */
export const serverOptions = (): readonly Option[] => [
  new Option('--server <url>', 'admin API of the gate; without it, that of the data folder')
    .env('GATEHOUSE_SERVER')
    .argParser(webUrl),
  new Option('--token <token>', 'of a person, or GATEHOUSE_ADMIN_TOKEN; without it, that of the data folder')
    .env('GATEHOUSE_TOKEN')
    .argParser(someName),
  dataOption(),
];

export interface ServerFlags {
  readonly server?: string;
  readonly token?: string;
  readonly data: string;
}

const SERVER = 'http://127.0.0.1:8090';

/** A gate on this machine says by its data folder where it is, and lets in whoever may read that. */
export function serverOf(
  { server, token, data }: ServerFlags,
  env: Environment,
): { readonly server: string; readonly token: string | undefined } {
  const local = localAccess(path.resolve(data));
  const at = server ?? local?.url ?? SERVER;
  const isLocal = local !== undefined && at === local.url;
  return { server: at, token: token ?? (isLocal ? local.token : env['GATEHOUSE_ADMIN_TOKEN']) };
}

function webUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('write http://HOST:PORT.');
}

/** What `start` takes, and `doctor` with it. */
export const startOptions = (): readonly Option[] => [
  configOption(),
  dataNamed('data folder: records, quotas, what the demo keeps'),
  listenOption(),
  listenTlsOption(),
  consoleOption(),
  publicUrlOption(),
  consoleProxiesOption(),
  grantsOption(),
  statusOption(),
  databaseOption(),
  importFromOption(),
  workersOption(),
  logLevelOption(),
  ...laterOptions(),
  analyticsOption(),
];

export interface PlaceFlags extends LaterFlags, AnalyticsFlags {
  readonly config?: string;
  readonly data: string;
  readonly listen: string;
  readonly listenTls?: string;
  readonly console: string;
  readonly publicUrl?: string;
  readonly consoleProxies?: readonly string[];
  readonly grants?: string;
  readonly importFrom?: ImportPlaces;
  readonly status: string;
  readonly database?: string;
}

/** A file of SQLite, or `postgres://…`. */
export function storeOf({ data, database }: Pick<PlaceFlags, 'data' | 'database'>): string {
  return database ?? path.resolve(data, 'gatehouse.db');
}

/** Where things are, as commands work with it. */
export function placesOf(flags: PlaceFlags) {
  requireNothingLater(flags);
  const {
    config,
    data,
    listen,
    listenTls,
    console: control,
    status,
    publicUrl,
    consoleProxies,
    grants,
    importFrom,
  } = flags;
  return {
    config,
    dataDir: path.resolve(data),
    listen: parseAddress(listen, '--listen'),
    listenTls: listenTls === undefined ? undefined : parseAddress(listenTls, '--listen-tls'),
    control: control === 'off' ? undefined : parseAddress(control, '--console'),
    status: parseAddress(status, '--status'),
    publicUrl,
    consoleProxies,
    grantsTakeTwo: grants === 'two',
    importFrom,
    database: storeOf(flags),
    analytics: analyticsOf(flags),
  };
}
