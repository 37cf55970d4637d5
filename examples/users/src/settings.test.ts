import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

const DEFAULTS = {
  port: 4001,
  host: '127.0.0.1',
  databaseFile: './users.db',
  logLevel: 'info',
  seed: false,
  instance: 'users',
};

describe('readSettings', () => {
  it.each([
    ['nothing', {}, {}],
    ['empty values', { PORT: '', HOST: '', SEED: '' }, {}],
    ['an unknown variable', { PATH: '/bin' }, {}],
    ['any free port', { PORT: '0' }, { port: 0 }],
    ['the last port', { PORT: '65535' }, { port: 65_535 }],
    ['an IPv6 address', { HOST: '::1' }, { host: '::1' }],
    ['a host name', { HOST: 'localhost' }, { host: 'localhost' }],
    ['a database in memory', { DATABASE_FILE: ':memory:' }, { databaseFile: ':memory:' }],
    ['a quiet log', { LOG_LEVEL: 'silent' }, { logLevel: 'silent' }],
    ['demo people', { SEED: 'true' }, { seed: true }],
    ['no demo people', { SEED: 'false' }, { seed: false }],
    ['a name', { INSTANCE: 'users-b.2' }, { instance: 'users-b.2' }],
  ])('takes %s', (_what, environment, settings) => {
    expect(readSettings(environment)).toEqual({ valid: true, settings: { ...DEFAULTS, ...settings } });
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80a'],
    ['PORT', '4e3'],
    ['HOST', 'two words'],
    ['HOST', 'http://localhost'],
    ['DATABASE_FILE', '/data/'],
    ['DATABASE_FILE', 'a\0b'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_LEVEL', 'INFO'],
    ['SEED', 'yes'],
    ['INSTANCE', 'a\r\nset-cookie: b'],
    ['INSTANCE', 'x'.repeat(65)],
  ])('refuses %s=%j', (name, value) => {
    expect(readSettings({ [name]: value })).toEqual({
      valid: false,
      problems: [expect.stringMatching(new RegExp(`^${name} is ".*", it must be .+`))],
    });
  });

  it('names all that is wrong at once', () => {
    const result = readSettings({ PORT: 'http', SEED: '1', LOG_LEVEL: 'loud', HOST: 'localhost' });
    expect(result).toEqual({
      valid: false,
      problems: [
        'PORT is "http", it must be a port from 0 (any free one) to 65535',
        'LOG_LEVEL is "loud", it must be one of debug, info, warn, error, silent',
        'SEED is "1", it must be true or false',
      ],
    });
  });
});
