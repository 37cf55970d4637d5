import { expect, it } from 'vitest';
import { csrfToken, sessionCookie, sessionToken } from './browser-session.ts';

const TOKEN = 'a'.repeat(43);

it('is for TLS, this host and all its paths only, where browsers come by TLS', () => {
  expect(sessionCookie(TOKEN, true)).toBe(`__Host-gatehouse=${TOKEN}; Path=/; HttpOnly; SameSite=Lax; Secure`);
  expect(sessionCookie('', true)).toBe('__Host-gatehouse=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0');
});

it.each([
  [`__Host-gatehouse=${TOKEN}`, true, TOKEN],
  [`a=b; __Host-gatehouse=${TOKEN}; c=d`, true, TOKEN],
  [`gatehouse=${TOKEN}`, true, undefined],
  [`__Host-gatehouse=${TOKEN}; __Host-gatehouse=${'b'.repeat(43)}`, true, undefined],
  [`gatehouse=${TOKEN}`, false, TOKEN],
  [`gatehouse=${TOKEN}a`, false, undefined],
  ['gatehouse=', false, undefined],
  ['', false, undefined],
])('of the cookies %j (TLS: %s) the session is %s', (cookie, isSecure, expected) =>
  expect(sessionToken({ cookie }, isSecure)).toBe(expected),
);

it('has a word for its pages that does not give it away', () => {
  expect(csrfToken(TOKEN)).not.toContain(TOKEN);
  expect(csrfToken(TOKEN)).not.toBe(csrfToken('b'.repeat(43)));
});
