import fc from 'fast-check';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseImportPlaces, type ImportPlaces } from './import-places.ts';

const https = (host: string, port = 443): ImportPlaces['hosts'][number] => ({ scheme: 'https', host, port });
const ANY = [https('*'), { scheme: 'http', host: '*', port: 80 }];

describe('--import-from', () => {
  it.each<[string, object]>([
    ['docs.example.com', { hosts: [https('docs.example.com')], addresses: [] }],
    [
      'Docs.Example.com:8443 , *.example.com',
      { hosts: [https('docs.example.com', 8443), https('*.example.com')], addresses: [] },
    ],
    [
      'http://10.0.0.7:8080,10.0.0.0/8',
      { hosts: [{ scheme: 'http', host: '10.0.0.7', port: 8080 }], addresses: ['10.0.0.0/8'] },
    ],
    ['[fd00::1],fd00::/8', { hosts: [https('[fd00::1]')], addresses: ['fd00::/8'] }],
    ['10.0.0.0/8', { hosts: ANY, addresses: ['10.0.0.0/8'] }],
    ['*', { hosts: [https('*')], addresses: [] }],
  ])('takes %s', (text, expected) => expect(parseImportPlaces(text)).toEqual(expected));

  it.each([
    '',
    ',',
    'a b',
    'https://',
    'ftp://a',
    'a:0',
    'a:70000',
    'a/b',
    '10.0.0.0/33',
    'user@a',
    '*a.example',
    'a..b',
    'a?',
  ])('refuses %j', (text) => {
    expect(() => parseImportPlaces(text)).toThrow(InvalidArgumentError);
  });

  it('refuses, or takes, anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc
            .array(fc.constantFrom('a', '.', '*', ':', '/', '10.0.0.1', 'http://', '8', ','))
            .map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            const { hosts, addresses } = parseImportPlaces(text);
            expect(hosts.length + addresses.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidArgumentError);
          }
        },
      ),
    );
  });
});
