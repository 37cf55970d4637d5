import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { compileText } from './load-config.ts';
import { requireAllApart, tlsAddress } from './tls-address.ts';
import { TestAuthority } from '@gatehouse/kernel/testing';

const { cert, key } = new TestAuthority().issue({ names: ['a.test'] });
const pair = `certificates: [ { cert: ${JSON.stringify(cert)}, key: ${JSON.stringify(key)} } ]`;
const compiled = compileText(`gatehouse: 1\ngateway: { tls: { listen: "[::1]:9443", ${pair} } }\n`, {
  file: 'a.yaml',
  env: {},
});
const snapshot = 'snapshot' in compiled ? compiled.snapshot : undefined;
const address = (text: string, option: string) => parseAddress(text, option);

describe('where callers come in by TLS', () => {
  it('is as the configuration says', () => {
    expect(tlsAddress(snapshot, undefined)).toEqual({ host: '::1', port: 9443, option: 'gateway.tls.listen' });
  });

  it('is as the command says before that', () => {
    const own = address('127.0.0.1:1', '--listen-tls');
    expect(tlsAddress(snapshot, own)).toBe(own);
  });

  it('is nowhere where neither says anything', () => expect(tlsAddress(undefined, undefined)).toBeUndefined());

  it.each([
    ['127.0.0.1:1', '127.0.0.1:2', '127.0.0.1:1', '--listen and --status are both 127.0.0.1:1'],
    ['127.0.0.1:1', '127.0.0.1:1', '127.0.0.1:2', '--listen and --listen-tls are both 127.0.0.1:1'],
    ['127.0.0.1:1', ':2', '127.0.0.1:2', '--listen-tls and --status overlap, 0.0.0.0:2 and 127.0.0.1:2'],
  ])('is no port of another: %s, %s, %s', (listen, listenTls, status, wrong) => {
    const all = {
      listen: address(listen, '--listen'),
      listenTls: address(listenTls, '--listen-tls'),
      status: address(status, '--status'),
      control: undefined,
    };
    expect(() => requireAllApart(all)).toThrow(wrong);
  });

  it('may be any port beside others', () => {
    const any = (option: string) => address('127.0.0.1:0', option);
    requireAllApart({
      listen: any('--listen'),
      listenTls: any('--listen-tls'),
      status: any('--status'),
      control: any('--console'),
    });
    requireAllApart({
      listen: address(':1', '--listen'),
      listenTls: undefined,
      status: address(':2', '--status'),
      control: undefined,
    });
  });

  it('is no port of the admin API either', () => {
    const places = { listen: address(':1', '--listen'), listenTls: undefined, status: address(':2', '--status') };
    const control = address('127.0.0.1:2', '--console');
    expect(() => requireAllApart({ ...places, control })).toThrow('--status and --console overlap');
  });
});
