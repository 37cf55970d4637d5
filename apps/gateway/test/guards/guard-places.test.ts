import { describe, expect, it } from 'vitest';
import { gate } from '../review-tools.ts';
import { ask, chatProvider, echo, guardedConfig, guardedGate, post } from './guarded-gate.ts';

const MAIL = 'jane.doe@corp.example.com';
const OTHER = 'john.roe@corp.example.com';

describe('a guard for some calls', () => {
  it('looks at those of its models, however they are named, and its applications only', async () => {
    const { url } = await guardedGate({
      guards: `
    here: { kind: topics, deny: [ alpha ], models: [ m ] }
    direct: { kind: topics, deny: [ beta ], models: [ openai-compatible/x ] }
    theirs: { kind: topics, deny: [ gamma ], applications: [ b ] }
    both: { kind: topics, deny: [ delta ], models: [ other ], applications: [ a ] }`,
    });
    const refused = async (words: string, asked: object): Promise<boolean> =>
      (await ask(url, words, asked)).status === 400;
    const cases: readonly (readonly [string, object, boolean])[] = [
      ['alpha', {}, true],
      ['alpha', { model: 'other' }, false],
      ['beta', {}, false],
      ['beta', { model: 'one/x' }, true],
      ['beta', { model: 'openai-compatible/x' }, true],
      ['beta', { model: 'one/y' }, false],
      ['gamma', {}, false],
      ['gamma', { key: 'key-b' }, true],
      ['delta', { model: 'other' }, true],
      ['delta', { model: 'other', key: 'key-b' }, false],
      ['delta', {}, false],
    ];
    for (const [words, asked, expected] of cases) {
      expect([words, asked, await refused(words, asked)]).toEqual([words, asked, expected]);
    }
  });

  it('is not asked of models that do not exist or are not allowed', async () => {
    const { url, records } = await guardedGate({
      guards: '{ words: { kind: topics, deny: [ alpha ] } }',
      ai: '  access: [ { application: a, models: [ m ] } ]',
    });
    expect((await ask(url, 'alpha', { model: 'nothing' })).status).toBe(404);
    expect((await ask(url, 'alpha', { model: 'other' })).status).toBe(403);
    expect(records[0]).not.toHaveProperty('aiGuards');
    expect(records[1]).not.toHaveProperty('aiGuards');
  });

  it('says what is wrong with a request that is none', async () => {
    const { url, told, records } = await guardedGate({ guards: '{ mails: { kind: pii, action: mask } }' });
    const answer = await ask(url, '', { rest: { messages: [{ role: 'user', content: 7 }] } });
    expect(answer.status).toBe(400);
    expect(told).toEqual([]);
    expect(records).toMatchObject([{ code: 'request.body_invalid' }]);
  });
});

describe('guards and kept answers', () => {
  const cached = { model: ', cache: { ttl: 1m }' };

  it('keep what the caller was shown, for the same request and nobody else’s', async () => {
    const { url, told, records } = await guardedGate({ guards: '{ mails: { kind: pii, action: mask } }', ...cached });
    for (const stream of [false, true]) {
      expect((await ask(url, `To ${MAIL}.`, { stream })).said).toBe(`You said: To ${MAIL}.`);
      expect((await ask(url, `To ${OTHER}.`, { stream })).said).toBe(`You said: To ${OTHER}.`);
    }
    expect(told.map(({ body }) => /To (.*?)\./.exec(body)?.[1])).toEqual(['[EMAIL_1]', '[EMAIL_1]']);
    expect(records.map((record) => record)).toMatchObject([
      { cacheStatus: expect.stringContaining('fwd=miss') },
      { cacheStatus: expect.stringContaining('fwd=miss') },
      { cacheStatus: expect.stringContaining('hit'), aiGuards: 'mails:request:email:1:mask' },
      { cacheStatus: expect.stringContaining('hit'), aiGuards: 'mails:request:email:1:mask' },
    ]);
  });

  it('look at requests before anything that is kept is looked up', async () => {
    const guards = '{ words: { kind: topics, deny: [ alpha ], applications: [ b ] } }';
    const { url, told } = await guardedGate({ guards, ...cached });
    expect((await ask(url, 'alpha')).status).toBe(200);
    expect((await ask(url, 'alpha', { key: 'key-b' })).status).toBe(400);
    expect(told).toHaveLength(1);
  });

  it('do not keep what they withhold', async () => {
    const guards = '{ words: { kind: topics, on: [ reply ], deny: [ alpha ] } }';
    const { url, told } = await guardedGate({ guards, say: (_, call) => (call === 1 ? 'alpha' : 'fine'), ...cached });
    expect((await ask(url, 'Go.')).status).toBe(400);
    expect((await ask(url, 'Go.')).said).toBe('fine');
    expect((await ask(url, 'Go.')).said).toBe('fine');
    expect(told).toHaveLength(2);
  });
});

describe('a new configuration', () => {
  it('brings its own guards, behind which answers of others are not given again', async () => {
    const provider = await chatProvider(echo);
    const setting = { model: ', cache: { ttl: 1m }' };
    const running = await gate(guardedConfig(provider.port, { guards: '{}', ...setting }));
    const said = async (): Promise<string> => (await ask(running.url, `To ${MAIL}.`)).said;
    expect(await said()).toBe(`You said: To ${MAIL}.`);
    expect(await said()).toBe(`You said: To ${MAIL}.`);
    expect(provider.told).toHaveLength(1);
    await running.publish(guardedConfig(provider.port, { guards: '{ g: { kind: pii, action: mask } }', ...setting }));
    expect(await said()).toBe(`You said: To ${MAIL}.`);
    expect(provider.told).toHaveLength(2);
    expect(provider.told[1]?.body).toContain('[EMAIL_1]');
    await running.publish(guardedConfig(provider.port, { guards: '{ g: { kind: pii, action: block } }', ...setting }));
    expect(await said()).toBe('');
    await running.publish(guardedConfig(provider.port, { guards: '{}', ...setting }));
    expect(await said()).toBe(`You said: To ${MAIL}.`);
    expect(provider.told).toHaveLength(2);
    const records = await running.records();
    expect(records.map(({ code, aiGuards }) => code ?? aiGuards)).toEqual([
      undefined,
      undefined,
      'g:request:email:1:mask',
      'guard.blocked',
      undefined,
    ]);
  });
});

describe('guards on other calls', () => {
  it('look at prompts that are only counted', async () => {
    const { url } = await guardedGate({ guards: '{ words: { kind: topics, deny: [ alpha ] } }' });
    const count = async (content: string) => {
      const body = { model: 'm', messages: [{ role: 'user', content }] };
      return post(`${url}/v1/messages/count_tokens`, { body, key: 'key-a', saidIn: String });
    };
    expect(JSON.parse((await count('beta')).text)).toHaveProperty('input_tokens');
    expect((await count('alpha')).status).toBe(400);
  });

  it('look at texts that become vectors', async () => {
    const { url, told } = await guardedGate({
      guards: '{ mails: { kind: pii, action: mask }, words: { kind: topics, deny: [ alpha ] } }',
    });
    const embed = async (input: unknown) => {
      const saidIn = String;
      return post(`${url}/v1/embeddings`, { body: { model: 'm', input }, key: 'key-a', saidIn });
    };
    const answer = await embed(['beta', `To ${MAIL}.`]);
    expect(JSON.parse(answer.text)).toMatchObject({ data: [{ embedding: [1, 0] }, { embedding: [1, 1] }] });
    expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({ input: ['beta', 'To [EMAIL_1].'] });
    expect((await embed('alpha')).status).toBe(400);
    expect((await embed([[1, 2, 3]])).status).toBe(400);
    expect(told).toHaveLength(1);
  });
});
