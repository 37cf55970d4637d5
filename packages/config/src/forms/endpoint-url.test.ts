import { describe, expect, it } from 'vitest';
import { endpointAddress, parseEndpointUrl } from './endpoint-url.ts';

describe('endpointAddress', () => {
  const cases: Readonly<Record<string, readonly [string, ReturnType<typeof endpointAddress>]>> = {
    'takes a URL apart': [
      'http://127.0.0.1:4001',
      {
        id: 'http://127.0.0.1:4001',
        tls: false,
        host: '127.0.0.1',
        port: 4001,
        authority: '127.0.0.1:4001',
        basePath: '',
      },
    ],
    'knows the ports of both schemes and leaves them out of Host': [
      'https://api.example.com/',
      {
        id: 'https://api.example.com:443',
        tls: true,
        host: 'api.example.com',
        port: 443,
        authority: 'api.example.com',
        basePath: '',
      },
    ],
    'keeps a path without its last slash': [
      'http://svc:80/base/v1/',
      { id: 'http://svc:80', tls: false, host: 'svc', port: 80, authority: 'svc', basePath: '/base/v1' },
    ],
    'brings scheme and host into lower case, and the path into canonical form': [
      'HTTPS://API.Example.COM:8443/%7Euser',
      {
        id: 'https://api.example.com:8443',
        tls: true,
        host: 'api.example.com',
        port: 8443,
        authority: 'api.example.com:8443',
        basePath: '/~user',
      },
    ],
    'takes the brackets off an IPv6 address that is connected to': [
      'http://[::1]:9000',
      { id: 'http://[::1]:9000', tls: false, host: '::1', port: 9000, authority: '[::1]:9000', basePath: '' },
    ],
    'writes international hosts in ASCII': [
      'http://bücher.example',
      {
        id: 'http://xn--bcher-kva.example:80',
        tls: false,
        host: 'xn--bcher-kva.example',
        port: 80,
        authority: 'xn--bcher-kva.example',
        basePath: '',
      },
    ],
  };
  for (const [name, [url, expected]] of Object.entries(cases)) {
    it(name, () => expect(endpointAddress(url)).toEqual(expected));
  }

  it('gives two spellings of one target the same identity', () => {
    expect(endpointAddress('http://OK/base').id).toBe(endpointAddress('http://ok:80/base/').id);
  });
});

describe('parseEndpointUrl', () => {
  const refused: Readonly<Record<string, RegExp>> = {
    '': /^does not begin with/,
    '127.0.0.1:4001': /^does not begin with http:\/\/ or https:\/\//,
    'ftp://host': /^does not begin with/,
    'http:host': /^does not begin with/,
    'javascript:alert(1)': /^does not begin with/,
    'http://': /^is not a URL/,
    'http://a b': /^holds a character/,
    'http://h\n': /^holds a character/,
    'http://h\\evil': /^holds a character/,
    'http://h/{id}': /^holds a character/,
    'http://user@h': /^holds a user name or a password/,
    'http://user:pw@h': /^holds a user name or a password/,
    'http://@h': /^holds a user name or a password/,
    'http://h?x=1': /^holds a query or a fragment/,
    'http://h/p?': /^holds a query or a fragment/,
    'http://h#top': /^holds a query or a fragment/,
    'http://h:0': /^has an impossible port/,
    'http://h:65536': /^has an impossible port/,
    'http://h:': /^has an impossible port/,
    'http://h:80x': /^has an impossible port/,
    'http://[::1]:0': /^has an impossible port/,
    'http://256.1.1.1': /^is not a URL/,
    'http://[::1': /^is not a URL/,
    'http://h/a//b': /^has an empty segment/,
    'http://h/*': /^holds a parameter or a \*/,
    'http://h/%zz': /^has a % that escapes nothing/,
  };
  for (const [url, expected] of Object.entries(refused)) {
    it(`refuses ${JSON.stringify(url)}`, () => {
      const result = parseEndpointUrl(url);
      expect('wrong' in result ? result.wrong : result.value).toMatch(expected);
    });
  }

  it('allows an at sign in the path', () => {
    expect(parseEndpointUrl('http://h/@scope')).toMatchObject({ value: { basePath: '/@scope' } });
  });

  it('never repeats what it refuses', () => {
    for (const url of Object.keys(refused).filter((text) => text.length > 8)) {
      expect(JSON.stringify(parseEndpointUrl(url))).not.toContain(JSON.stringify(url).slice(1, -1));
    }
  });
});
