import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { parsePublicUrl } from './public-url.ts';

it.each([
  ['https://gate.example.com', 'https://gate.example.com'],
  ['https://gate.example.com/', 'https://gate.example.com'],
  ['HTTPS://Gate.Example.com:443', 'https://gate.example.com'],
  ['https://gate.example.com:8443', 'https://gate.example.com:8443'],
  ['http://localhost:8090', 'http://localhost:8090'],
  ['https://[::1]:8090/', 'https://[::1]:8090'],
])('reads %s as %s', (text, expected) => expect(parsePublicUrl(text)).toBe(expected));

it.each([
  '',
  ' ',
  'gate.example.com',
  'gate.example.com:8090',
  '//gate.example.com',
  'ftp://gate.example.com',
  'javascript:alert(1)',
  'https://',
  'https://gate.example.com/console',
  'https://gate.example.com?',
  'https://gate.example.com?a=b',
  'https://gate.example.com#',
  'https://me@gate.example.com',
  'https://:secret@gate.example.com',
])('refuses "%s" without repeating it', (text) => {
  expect(() => parsePublicUrl(text)).toThrow(
    new InvalidArgumentError('write https://HOST or https://HOST:PORT, without a path.'),
  );
});
