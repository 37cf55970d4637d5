import path from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { parseAddress } from './address.ts';

/* Options that several commands have, with their variables and defaults. */

/** Parser of options that count. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('write a whole number from 1.');
  return value;
}

export const dataOption = (): Option =>
  new Option('--data <dir>', 'data folder').env('GATEHOUSE_DATA').default('.gatehouse');
export const configOption = (): Option =>
  new Option('--config <file>', 'gatehouse.yaml to serve').env('GATEHOUSE_CONFIG');
export const listenOption = (): Option =>
  new Option('--listen <host:port>', 'the gateway').env('GATEHOUSE_LISTEN').default('127.0.0.1:8080');
export const statusOption = (): Option =>
  new Option('--status <host:port>', '/livez, /readyz, /metrics').env('GATEHOUSE_STATUS').default('127.0.0.1:8091');

export interface PlaceFlags {
  readonly config?: string;
  readonly data: string;
  readonly listen: string;
  readonly status: string;
}

/** Where things are, as commands work with it. */
export const placesOf = ({ config, data, listen, status }: PlaceFlags) => ({
  // A variable that is set to nothing means what an unset one means.
  config: config === '' ? undefined : config,
  dataDir: path.resolve(data),
  listen: parseAddress(listen, '--listen'),
  status: parseAddress(status, '--status'),
});
