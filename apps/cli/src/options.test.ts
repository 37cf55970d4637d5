import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { configOption, dataOption, listenOption, placesOf, statusOption, wholeNumber } from './options.ts';

const FLAGS = { data: 'data', listen: '127.0.0.1:1', status: '[::1]:2' };

describe('wholeNumber', () => {
  it('reads counts', () => expect(['1', '16', '1e3'].map(wholeNumber)).toEqual([1, 16, 1000]));

  it.each(['', '0', '-1', '1.5', 'many', 'Infinity', '99999999999999999'])('refuses "%s"', (text) => {
    expect(() => wholeNumber(text)).toThrow(InvalidArgumentError);
  });
});

describe('placesOf', () => {
  it('makes of flags what commands work with', () => {
    expect(placesOf({ ...FLAGS, config: 'gatehouse.yaml' })).toEqual({
      config: 'gatehouse.yaml',
      dataDir: path.resolve('data'),
      listen: { host: '127.0.0.1', port: 1, option: '--listen' },
      status: { host: '::1', port: 2, option: '--status' },
    });
  });

  it('takes an empty name of a file for none', () => {
    expect(placesOf({ ...FLAGS, config: '' }).config).toBeUndefined();
    expect(placesOf(FLAGS).config).toBeUndefined();
  });
});

describe('the shared options', () => {
  it('have the variables and defaults of the contract', () => {
    const options = [configOption(), dataOption(), listenOption(), statusOption()];
    expect(options.map(({ long, envVar, defaultValue }): unknown[] => [long, envVar, defaultValue])).toEqual([
      ['--config', 'GATEHOUSE_CONFIG', undefined],
      ['--data', 'GATEHOUSE_DATA', '.gatehouse'],
      ['--listen', 'GATEHOUSE_LISTEN', '127.0.0.1:8080'],
      ['--status', 'GATEHOUSE_STATUS', '127.0.0.1:8091'],
    ]);
  });
});
