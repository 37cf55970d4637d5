import { tryPlugin } from '@gatehouse/plugin/testing';
import { describe, expect, it } from 'vitest';
import greet from './greet.ts';
import officeHours from './office-hours.ts';
import partnerToken from './partner-token.ts';

describe('office-hours', () => {
  const at = (hour: number): { readonly startedAt: number } => ({ startedAt: Date.UTC(2026, 5, 16, hour, 30) });

  it.each([
    [8, false],
    [9, true],
    [16, true],
    [17, false],
  ])('at %i half past is open: %s', async (hour, open) => {
    const { refused } = await tryPlugin(officeHours, { from: 9, to: 17 }).call(at(hour));
    expect(refused === undefined).toBe(open);
  });

  it.each([{}, { from: 9 }, { from: -1, to: 3 }, { from: 1, to: 2, more: 3 }])('refuses the config %j', (config) => {
    expect(() => tryPlugin(officeHours, config)).toThrow(TypeError);
  });
});

describe('greet', () => {
  it('tells the upstream who calls, and marks the reply', async () => {
    const tried = tryPlugin(greet);
    const call = await tried.call({ principal: { application: 'mobile' } });
    expect(call.toUpstream.headers).toEqual({ 'x-greeting': 'hello mobile' });
    tried.reply(call);
    expect(call.exchange.replyHeaders.lines).toBe('x-greeted: yes\r\n');
  });
});

describe('partner-token', () => {
  it('asks once, and knows the caller from then on', async () => {
    const asked: string[] = [];
    const tried = tryPlugin(
      partnerToken,
      { url: 'https://partner.example/whoami' },
      {
        ask: async ({ headers }) => {
          asked.push(String(headers[0]?.[1]));
          const status = asked.at(-1) === 'Bearer good' ? 200 : 404;
          return Promise.resolve({ status, headers: [], body: Buffer.from('ada') });
        },
      },
    );
    for (let time = 0; time < 2; time++) {
      const { caller } = await tried.call({ headers: { 'x-partner-token': 'good' } });
      expect(caller).toMatchObject({ subject: 'ada', fields: ['x-partner-token'] });
    }
    expect(asked).toEqual(['Bearer good']);
    expect((await tried.call({ headers: { 'x-partner-token': 'bad' } })).refused?.code).toBe('auth.invalid');
    expect((await tried.call()).answer).toBeUndefined();
  });
});
