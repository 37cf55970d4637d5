import type { CredentialSpec } from '@gatehouse/config';
import { passwordHash } from '@gatehouse/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identification } from '../policy.ts';
import { fakeExchange, fakeTools } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { basicCredentials } from './basic-credentials.ts';
import { PasswordCheck } from './password-check.ts';

const basic = joined('basic');

policyContract(basic, {
  valid: [{}, { realm: 'Orders of Example' }],
  invalid: [{ realm: '' }, { realm: 'a"b' }, { realm: 'a\nb' }, { realm: 'ä' }],
  waits: true,
});

function user(username: string, password: string): CredentialSpec {
  return {
    sha256: '',
    match: { kind: 'basic', username, argon2: passwordHash(password, Buffer.alloc(16, username.length)) },
    name: username,
    owner: undefined,
    expiresMs: undefined,
    application: 'partner',
    team: undefined,
    subscriptions: {},
    models: undefined,
    tokenLimits: [],
  };
}

const field = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const ci = user('ci', 'a:b');
const zoe = user('Zo\u00eb', 'p\u00e4ss');

function shown(authorization: string | undefined): Identification | Promise<Identification> {
  const tools = fakeTools('users#basic.0', { credentials: [ci, zoe] });
  const headers = authorization === undefined ? {} : { authorization };
  return basic.build({ realm: 'Orders' }, tools).onIdentify?.(fakeExchange({ headers }));
}

describe('basic', () => {
  it.each([
    ['a password with a colon', field('ci:a:b'), ci],
    ['any case of the scheme', field('ci:a:b').replace('Basic', 'bASIC'), ci],
    ['letters in the other form of Unicode', field('Zoe\u0308:pa\u0308ss'), zoe],
  ])('takes %s', async (_, value, credential) => {
    const { username } = credential.match?.kind === 'basic' ? credential.match : { username: '' };
    expect(await shown(value)).toEqual({ caller: { credential, subject: username, fields: ['authorization'] } });
  });

  it.each([
    ['a wrong password', field('ci:a:c')],
    ['an empty password', field('ci:')],
    ['a user that nobody is', field('cj:a:b')],
    ['the password of another', field('ci:p\u00e4ss')],
    ['no colon', field('ci')],
    ['no base64', 'Basic ???'],
    ['nothing behind the scheme', 'Basic'],
    ['bits that are left over', 'Basic Y2k6YTpjX=='],
    ['Latin-1', `Basic ${Buffer.from('Zo\u00eb:p\u00e4ss', 'latin1').toString('base64')}`],
    ['a control character', field('ci:a\0b')],
    ['a name of the prototype', field('__proto__:a')],
    ['far too much', field(`ci:${'x'.repeat(5000)}`)],
    ['two fields', `${field('ci:a:b')}, ${field('ci:a:b')}`],
  ])('refuses %s, and says how to do better', async (_, value) => {
    expect(await shown(value)).toEqual({
      code: 'auth.invalid',
      detail: 'the user name or the password is wrong',
      headers: [['www-authenticate', 'Basic realm="Orders", charset="UTF-8"']],
    });
  });

  it.each([[undefined], ['Bearer abc'], ['Basically abc']])('leaves %s to the next', (value) => {
    expect(shown(value)).toBeUndefined();
  });

  it('answers at once when a password was right before, and not when it was wrong', async () => {
    const tools = fakeTools('users#basic.0', { credentials: [ci] });
    const hooks = basic.build({}, tools);
    const identify = (text: string) => hooks.onIdentify?.(fakeExchange({ headers: { authorization: field(text) } }));
    await identify('ci:wrong');
    await identify('ci:a:b');
    expect(identify('ci:a:b')).toMatchObject({ caller: { credential: ci } });
    expect(identify('ci:wrong')).toBeInstanceOf(Promise);
  });

  it('forgets what was right once the hash is another', async () => {
    const states = new Map<string, unknown>();
    const answers = [ci, user('ci', 'new')].map((credential) => {
      const hooks = basic.build({}, fakeTools('users#basic.0', { credentials: [credential], states }));
      return async () => hooks.onIdentify?.(fakeExchange({ headers: { authorization: field('ci:a:b') } }));
    });
    expect(await answers[0]?.()).toMatchObject({ caller: { credential: ci } });
    expect(await answers[1]?.()).toMatchObject({ code: 'auth.invalid' });
  });
});

describe('a check of passwords', () => {
  const hash = passwordHash('right', Buffer.alloc(16));
  const someone = (username: string) => ({ username, password: 'right' });

  it('checks two at once, lets 64 wait, and has no time for more', async () => {
    const open: (() => void)[] = [];
    let begun = 0;
    const check = new PasswordCheck(async () => {
      begun++;
      return new Promise((resolve) => open.push(() => resolve(true)));
    });
    const all = Array.from({ length: 66 }, async (_, index) => check.verify(someone(`user${index}`), hash));
    await Promise.resolve();
    expect(begun).toBe(2);
    expect(await check.verify(someone('late'), hash)).toBe('busy');
    for (let done = 0; done < 66; done++) {
      while (open.length === 0) await new Promise(setImmediate);
      open.shift()?.();
    }
    expect(await Promise.all(all)).toEqual(Array.from({ length: 66 }, () => true));
  });

  it('checks once for all who show the same at the same time', async () => {
    let begun = 0;
    const check = new PasswordCheck(async () => {
      begun++;
      return Promise.resolve(true);
    });
    expect(await Promise.all([1, 2, 3].map(async () => check.verify(someone('a'), hash)))).toEqual([true, true, true]);
    expect(begun).toBe(1);
  });

  it('gives its place back when a check fails', async () => {
    const check = new PasswordCheck(async () => Promise.reject(new Error('no memory')));
    for (let i = 0; i < 70; i++) await expect(check.verify(someone(`u${i}`), hash)).rejects.toThrow('no memory');
  });
});

it('reads or refuses any field', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }).map(field)), (text) => {
      const read = basicCredentials(text);
      if (read !== undefined) expect(read.username).not.toContain(':');
    }),
  );
});
