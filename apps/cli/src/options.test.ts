import os from 'node:os';
import path from 'node:path';
import { WORKERS_MAX } from '@gatehouse/kernel';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { placesOf, someName, startOptions, wholeNumber } from './options.ts';

const BUILT_IN = { console: 'off', counters: 'embedded', analytics: 'embedded' };
const FLAGS = { data: 'data', listen: '127.0.0.1:1', status: '[::1]:2', ...BUILT_IN };

describe('wholeNumber', () => {
  it('reads counts', () => expect(['1', '16', '1e3'].map((text) => wholeNumber()(text))).toEqual([1, 16, 1000]));

  it.each(['', '0', '-1', '1.5', 'many', 'Infinity', '99999999999999999'])('refuses "%s"', (text) => {
    expect(() => wholeNumber()(text)).toThrow(new InvalidArgumentError('write a whole number from 1.'));
  });

  it('refuses more than there may be', () => {
    expect(wholeNumber(WORKERS_MAX)('1022')).toBe(1022);
    expect(() => wholeNumber(WORKERS_MAX)('1023')).toThrow('write a whole number from 1 to 1022.');
  });
});

describe('someName', () => {
  it.each(['', ' '])('refuses "%s", which an unset variable of a shell leaves', (text) => {
    expect(() => someName(text)).toThrow(InvalidArgumentError);
  });

  it('takes all else as it is', () => expect(someName(' a b')).toBe(' a b'));
});

describe('placesOf', () => {
  it('makes of flags what commands work with', () => {
    expect(placesOf({ ...FLAGS, config: 'gatehouse.yaml' })).toEqual({
      config: 'gatehouse.yaml',
      analytics: 'embedded',
      dataDir: path.resolve('data'),
      listen: { host: '127.0.0.1', port: 1, option: '--listen' },
      listenTls: undefined,
      control: undefined,
      grantsTakeTwo: false,
      status: { host: '::1', port: 2, option: '--status' },
      database: path.resolve('data/gatehouse.db'),
    });
  });

  it('takes a place for the admin API, and a database of its own', () => {
    const database = 'postgres://gate@db/gatehouse';
    expect(placesOf({ ...FLAGS, console: ':3', database })).toMatchObject({
      control: { host: '0.0.0.0', port: 3, option: '--console' },
      database,
    });
  });

  it('says how many people it takes to give a role', () => {
    expect(placesOf({ ...FLAGS, grants: 'two' }).grantsTakeTwo).toBe(true);
    expect(placesOf({ ...FLAGS, grants: 'one' }).grantsTakeTwo).toBe(false);
  });

  it('takes a place for TLS, which the configuration may say as well', () => {
    const option = '--listen-tls';
    expect(placesOf({ ...FLAGS, listenTls: ':8443' }).listenTls).toEqual({ host: '0.0.0.0', port: 8443, option });
    expect(() => placesOf({ ...FLAGS, listenTls: '8443' })).toThrow('--listen-tls: "8443" is no address');
  });

  it('refuses what this version does not have', () => {
    expect(() => placesOf({ ...FLAGS, counters: 'redis://127.0.0.1' })).toThrow('--counters (GATEHOUSE_COUNTERS)');
  });
});

describe('the options of start', () => {
  it('have the variables and defaults of the contract', () => {
    const rows = startOptions().map(({ long, envVar, defaultValue }): unknown[] => [long, envVar, defaultValue]);
    expect(rows).toEqual([
      ['--config', 'GATEHOUSE_CONFIG', undefined],
      ['--data', 'GATEHOUSE_DATA', '.gatehouse'],
      ['--listen', 'GATEHOUSE_LISTEN', '127.0.0.1:8080'],
      ['--listen-tls', 'GATEHOUSE_LISTEN_TLS', undefined],
      ['--console', 'GATEHOUSE_CONSOLE', '127.0.0.1:8090'],
      ['--public-url', 'GATEHOUSE_PUBLIC_URL', undefined],
      ['--console-proxies', 'GATEHOUSE_CONSOLE_PROXIES', undefined],
      ['--grants', 'GATEHOUSE_GRANTS', 'one'],
      ['--status', 'GATEHOUSE_STATUS', '127.0.0.1:8091'],
      ['--database', 'GATEHOUSE_DATABASE', undefined],
      ['--import-from', 'GATEHOUSE_IMPORT_FROM', undefined],
      ['--workers', 'GATEHOUSE_WORKERS', Math.min(os.availableParallelism(), WORKERS_MAX)],
      ['--log-level', 'GATEHOUSE_LOG_LEVEL', 'info'],
      ['--counters', 'GATEHOUSE_COUNTERS', 'embedded'],
      ['--analytics', 'GATEHOUSE_ANALYTICS', 'embedded'],
    ]);
  });

  it.each(['mysql://gate:secret@db', 'postgres://', 'embedded'])(
    'take %s for no database, and repeat it to nobody',
    (url) => {
      const database = startOptions().find(({ long }) => long === '--database');
      expect(() => database?.parseArg?.(url, undefined)).toThrow(/^write postgres:(?!.*secret)/);
    },
  );

  it('say all what they are for', () => {
    for (const { description } of startOptions()) expect(description).toMatch(/\w/);
  });
});
