import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { parseRanges } from './address-range.ts';

it.each([
  ['127.0.0.1', ['127.0.0.1']],
  ['127.0.0.1, 10.0.0.0/8,fd00::/8 ,::1', ['127.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1']],
  ['0.0.0.0/0', ['0.0.0.0/0']],
])('reads %j', (text, expected) => expect(parseRanges(text)).toEqual(expected));

it.each([
  '',
  ' ',
  ',',
  '127.0.0.1,',
  'localhost',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/x',
  '10.0.0.0/8/8',
  '300.1.1.1',
  '*',
])('refuses %j', (text) => {
  expect(() => parseRanges(text)).toThrow(InvalidArgumentError);
});
