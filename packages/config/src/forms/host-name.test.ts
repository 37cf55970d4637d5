import { describe, expect, it } from 'vitest';
import { parseHost } from './host-name.ts';

const outcome = (text: string): string => {
  const result = parseHost(text);
  return 'value' in result ? result.value : `! ${result.wrong}`;
};

describe('parseHost', () => {
  const kept: Readonly<Record<string, readonly [string, string]>> = {
    'keeps a name': ['api.example.com', 'api.example.com'],
    'keeps a single label': ['localhost', 'localhost'],
    'keeps an address': ['127.0.0.1', '127.0.0.1'],
    'keeps an IPv6 address in brackets': ['[::1]', '[::1]'],
    'gives an IPv6 address its one spelling': ['[0:0::0:0001]', '[::1]'],
    'keeps a wildcard in front': ['*.example.com', '*.example.com'],
    'keeps an underscore, which inner networks use': ['my_service.local', 'my_service.local'],
    'brings it into lower case': ['API.Example.COM', 'api.example.com'],
    'writes international names in ASCII': ['*.Bücher.example', '*.xn--bcher-kva.example'],
  };
  for (const [name, [text, expected]] of Object.entries(kept)) it(name, () => expect(outcome(text)).toBe(expected));

  const refused: Readonly<Record<string, readonly [string, RegExp]>> = {
    'refuses a port': ['a.com:80', /leave out scheme, port and path/],
    'refuses a URL': ['https://a.com', /leave out scheme, port and path/],
    'refuses a path': ['a.com/x', /leave out scheme, port and path/],
    'refuses a wildcard elsewhere': ['a.*.com', /not its first label/],
    'refuses a wildcard inside a label': ['a*.com', /not its first label/],
    'refuses a wildcard alone': ['*', /not its first label/],
    'refuses a wildcard in front of an address': ['*.[::1]', /! /],
    'refuses what only looks like an IPv6 address': ['[1:2]', /not an IPv6 address/],
    'refuses nothing': ['', /not a host name/],
    'refuses a space': ['a b.com', /not a host name/],
    'refuses an empty label': ['a..com', /not a host name/],
    'refuses a hyphen at the edge of a label': ['-a.com', /not a host name/],
    'refuses a label of 64 characters': [`${'a'.repeat(64)}.com`, /not a host name/],
    'refuses a name of more than 253 characters': [
      Array.from({ length: 80 }, () => 'abc').join('.'),
      /not a host name/,
    ],
  };
  for (const [name, [text, expected]] of Object.entries(refused))
    it(name, () => expect(outcome(text)).toMatch(expected));
});
