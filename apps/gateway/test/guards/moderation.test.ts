import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { caller, post as rawPost, upstream, within } from '../review-tools.ts';
import { ask, askAnthropic, guardedGate, type GateSetting } from './guarded-gate.ts';

interface Judging {
  readonly model: string;
  readonly input: readonly string[];
}
type Judge = (response: http.ServerResponse, judging: Judging) => void;

/** Flags what holds the word `bad`. */
const strict: Judge = (response, { input }) => {
  const results = input.map((text) => {
    const flagged = text.includes('bad');
    return { flagged, categories: { rude: flagged }, category_scores: { rude: flagged ? 0.8 : 0.1 } };
  });
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: 'm', model: 'mod', results }));
};

async function moderator(judge: Judge) {
  const asked: (Judging & { readonly path: string | undefined; readonly key: string | undefined })[] = [];
  const { port } = await upstream((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += String(bytes)));
    request.on('end', () => {
      const judging: Judging = JSON.parse(body);
      asked.push({ ...judging, path: request.url, key: request.headers.authorization });
      judge(response, judging);
    });
  });
  return { port, asked };
}

async function moderatedGate({
  judge = strict,
  rule = '',
  ...setting
}: Partial<GateSetting> & { judge?: Judge; rule?: string }) {
  const { port, asked } = await moderator(judge);
  const gate = await guardedGate({
    ...setting,
    guards: `\n    judge: { kind: moderation, provider: mod, model: omni${rule} }\n    ${setting.guards ?? ''}`,
    providers: `mod: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/mod/v1", apiKey: mod-key }`,
  });
  return { ...gate, asked };
}

const FORMS = [
  { form: 'plain', stream: false },
  { form: 'streamed', stream: true },
] as const;

describe('a guard that asks a moderator', () => {
  it.each(FORMS)('lets pass what the moderator has nothing against, $form', async ({ stream }) => {
    const { url, asked, records } = await moderatedGate({});
    expect(await ask(url, 'good', { stream })).toMatchObject({ status: 200, said: 'You said: good', broken: false });
    expect(asked).toEqual([
      { path: '/mod/v1/moderations', key: 'Bearer mod-key', model: 'omni', input: ['good'] },
      { path: '/mod/v1/moderations', key: 'Bearer mod-key', model: 'omni', input: ['You said: good'] },
    ]);
    expect(records[0]).not.toHaveProperty('aiGuards');
  });

  it.each(FORMS)('refuses requests to which it objects before a model is asked, $form', async ({ stream }) => {
    const { url, told, records } = await moderatedGate({});
    const answer = await ask(url, 'bad', { stream });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('the guardrail `judge` does not let this request pass: flagged');
    expect(told).toEqual([]);
    expect(records).toMatchObject([{ code: 'guard.blocked', aiGuards: 'judge:request:flagged:1:block' }]);
  });

  it.each(FORMS)('withholds answers to which it objects from the first byte on, $form', async ({ stream }) => {
    for (const asking of [ask, askAnthropic]) {
      const { url, records } = await moderatedGate({ say: () => 'Good, good, and bad.' });
      const answer = await asking(url, 'well?', { stream });
      expect(answer).toMatchObject({ status: 400, broken: false });
      expect(answer.text).not.toContain('Good');
      expect(records).toMatchObject([
        { code: 'guard.blocked', aiGuards: 'judge:reply:flagged:1:block', aiOutputTokens: 2, aiUsageState: 'measured' },
      ]);
    }
  });

  it('shows nothing of a stream until the whole is judged', async () => {
    const judged = Promise.withResolvers<void>();
    const patient: Judge = (response, judging) => {
      if (judging.input[0] === 'Go.') strict(response, judging);
      else void judged.promise.then(() => strict(response, judging));
    };
    const { port, asked } = await moderatedGate({ judge: patient, say: () => 'All is well.' });
    const body = JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Go.' }] });
    const one = caller(port, rawPost('/v1/chat/completions', body, 'Authorization: Bearer key-a\r\n'));
    expect(await within(3000, () => asked.length === 2)).toBe(true);
    expect(one.text()).toBe('');
    judged.resolve();
    expect(await within(3000, () => one.text().includes('[DONE]'))).toBe(true);
    expect(one.text()).toContain('"content":"w"');
  });

  it('shows it masked texts only, and goes by the score of a category', async () => {
    const { url, asked, records } = await moderatedGate({
      guards: 'mails: { kind: pii, action: mask }',
      rule: ', threshold: 0.9, on: [ request ]',
    });
    expect((await ask(url, 'bad: a@b.example.com')).said).toBe('You said: bad: a@b.example.com');
    expect(asked.map(({ input }) => input)).toEqual([['bad: [EMAIL_1]']]);
    expect(records).toMatchObject([{ aiGuards: 'mails:request:email:1:mask' }]);
    const low = await moderatedGate({ rule: ', threshold: 0.5, action: flag' });
    expect((await ask(low.url, 'bad')).status).toBe(200);
    expect(low.records).toMatchObject([{ aiGuards: 'judge:request:rude:1:flag, judge:reply:rude:1:flag' }]);
  });

  const BROKEN: readonly (readonly [string, Judge])[] = [
    ['breaks off', (response) => response.destroy()],
    ['refuses', (response) => response.writeHead(401).end('{}')],
    ['babbles', (response) => response.end('<html>')],
    ['judges less than it was asked about', (response) => response.end('{"results":[]}')],
  ];
  describe.each(BROKEN)('when the moderator %s', (_, judge) => {
    it('refuses the call, or lets it pass where that is wished, and tells', async () => {
      const closed = await moderatedGate({ judge });
      const answer = await ask(closed.url, 'good');
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('does not let this request pass: unavailable');
      expect(closed.told).toEqual([]);
      const open = await moderatedGate({ judge, rule: ', onFailure: pass' });
      expect(await ask(open.url, 'good', { stream: true })).toMatchObject({ status: 200, said: 'You said: good' });
      expect(open.records).toMatchObject([
        { aiGuards: 'judge:request:unavailable:1:flag, judge:reply:unavailable:1:flag' },
      ]);
    });
  });

  it('waits no longer than it is told to', async () => {
    const { url, asked, advance, records } = await moderatedGate({ judge: () => {}, rule: ', timeout: 3s' });
    const answer = ask(url, 'good');
    expect(await within(3000, () => asked.length === 1)).toBe(true);
    advance(2900);
    expect(records).toEqual([]);
    advance(200);
    expect((await answer).status).toBe(400);
  });

  it('is not waited for when the caller leaves', async () => {
    const left: http.IncomingMessage[] = [];
    const { port, asked, records } = await moderatedGate({
      judge: (response) => response.on('close', () => left.push(response.req)),
    });
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Go.' }] });
    const one = caller(port, rawPost('/v1/chat/completions', body, 'Authorization: Bearer key-a\r\n'));
    expect(await within(3000, () => asked.length === 1)).toBe(true);
    one.socket.destroy();
    expect(await within(3000, () => left.length === 1)).toBe(true);
    expect(records).toMatchObject([{ code: 'request.cancelled', aiAttempts: 0 }]);
  });
});
