import { describe, expect, it } from 'vitest';
import { connectProblem } from './connect-problem.ts';

const TARGET = {
  id: 'https://a.test:443',
  tls: true,
  host: 'a.test',
  port: 443,
  authority: 'a.test',
  group: 'upstream a',
  path: '/',
};
const coded = (code: string): Error => Object.assign(new Error('x'), { code });

describe('why somebody cannot be reached', () => {
  it.each([
    ['ENOTFOUND', 'nobody knows the name a.test; check how it is written'],
    ['EAI_AGAIN', 'DNS does not answer for a.test'],
    ['ECONNREFUSED', 'refuses connections; start it'],
    ['EHOSTUNREACH', 'no way leads there'],
    ['ENETUNREACH', 'no way leads there'],
    ['ECONNRESET', 'closes the connection during the handshake'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'speaks no TLS there'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'refuses TLS as we speak it (ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION)'],
    ['EPERM', 'cannot be reached (EPERM)'],
  ])('%s', (code, expected) => {
    const said = connectProblem(coded(code), TARGET);
    expect(said).toContain(expected);
    expect(said.startsWith(TARGET.id)).toBe(true);
  });

  it('is patience, when it took too long', () => {
    expect(connectProblem(new DOMException('', 'TimeoutError'), TARGET)).toContain('does not answer within 3 s');
  });
});
