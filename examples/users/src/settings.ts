import { LOG_LEVELS, type LogLevel } from './logger.ts';

export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly databaseFile: string;
  readonly logLevel: LogLevel;
  readonly seed: boolean;
  readonly instance: string;
}

export type SettingsResult =
  | { readonly valid: true; readonly settings: Settings }
  | { readonly valid: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment and names everything that is wrong with it, not only the first thing. */
export function readSettings(environment: Environment): SettingsResult {
  const problems: string[] = [];
  const take = <T>(rule: Rule<T>): T => {
    // Compose files and shells pass an unset variable on as an empty one.
    const given = environment[rule.name];
    if (given === undefined || given === '') return rule.fallback;
    const value = rule.parse(given);
    if (value === undefined) problems.push(`${rule.name} is ${JSON.stringify(given)}, it must be ${rule.wanted}`);
    return value ?? rule.fallback;
  };
  const settings: Settings = {
    port: take(PORT),
    host: take(HOST),
    databaseFile: take(DATABASE_FILE),
    logLevel: take(LOG_LEVEL),
    seed: take(SEED),
    instance: take(INSTANCE),
  };
  return problems.length === 0 ? { valid: true, settings } : { valid: false, problems };
}

interface Rule<T> {
  readonly name: string;
  readonly fallback: T;
  readonly wanted: string;
  /** `undefined` when the value is wrong. */
  readonly parse: (given: string) => T | undefined;
}

const PORT: Rule<number> = {
  name: 'PORT',
  fallback: 4001,
  wanted: 'a port from 0 (any free one) to 65535',
  parse: (given) => (/^\d{1,5}$/.test(given) && Number(given) <= 65_535 ? Number(given) : undefined),
};

const HOST: Rule<string> = {
  name: 'HOST',
  fallback: '127.0.0.1',
  wanted: 'an address or a host name',
  parse: (given) => (/^[A-Za-z0-9.:_-]{1,253}$/.test(given) ? given : undefined),
};

const DATABASE_FILE: Rule<string> = {
  name: 'DATABASE_FILE',
  fallback: './users.db',
  wanted: 'a file name or :memory:',
  parse: (given) => (given.includes('\0') || given.endsWith('/') ? undefined : given),
};

const LOG_LEVEL: Rule<LogLevel> = {
  name: 'LOG_LEVEL',
  fallback: 'info',
  wanted: `one of ${LOG_LEVELS.join(', ')}`,
  parse: (given) => LOG_LEVELS.find((level) => level === given),
};

const SEED: Rule<boolean> = {
  name: 'SEED',
  fallback: false,
  wanted: 'true or false',
  parse: (given) => (given === 'true' ? true : given === 'false' ? false : undefined),
};

const INSTANCE: Rule<string> = {
  name: 'INSTANCE',
  fallback: 'users',
  wanted: '1 to 64 letters, digits, dots, dashes or underscores, since it is sent as a header',
  parse: (given) => (/^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : undefined),
};
