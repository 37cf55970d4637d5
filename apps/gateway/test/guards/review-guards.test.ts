import { describe, expect, it } from 'vitest';
import { guardedGate, post } from './guarded-gate.ts';

const MAIL = 'jane.doe@corp.example.com';

describe('guards on calls beside chat', () => {
  it('mask what is to be judged, and for whom an image is made', async () => {
    const { url, told } = await guardedGate({ guards: '{ mails: { kind: pii, action: mask } }', say: () => 'x' });
    const said: readonly (readonly [string, object])[] = [
      ['moderations', { input: [{ type: 'text', text: `I am ${MAIL}` }] }],
      ['images/generations', { prompt: 'A cat.', user: MAIL }],
    ];
    for (const [path, body] of said) {
      await post(`${url}/v1/${path}`, { body: { model: 'm', ...body }, key: 'key-a', saidIn: String });
    }
    expect(told.length).toBeGreaterThanOrEqual(2);
    for (const { body } of told) expect(body).toContain('[EMAIL_1]');
    for (const { body } of told) expect(body).not.toContain(MAIL);
  });
});

describe('guards on a chat that others may read in another way', () => {
  it.each([
    ['content', `{"model":"m","messages":[{"role":"user","content":"${MAIL}","content":"hi"}]}`],
    [
      'text',
      `{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"${MAIL}","\\u0074ext":"hi"}]}]}`,
    ],
  ])('refuse %s twice in a message', async (key, body) => {
    const { url, told } = await guardedGate({ guards: '{ mails: { kind: pii, action: block } }' });
    const headers = { authorization: 'Bearer key-a' };
    const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(`The key \\"${key}\\" stands twice`),
    ]);
    expect(told).toEqual([]);
  });
});

describe('guards on calls for vectors', () => {
  it('look at what is said beside the texts', async () => {
    const { url, told } = await guardedGate({ guards: '{ mails: { kind: pii, action: mask } }' });
    const body = { model: 'm', input: ['beta'], user: MAIL };
    const { text } = await post(`${url}/v1/embeddings`, { body, key: 'key-a', saidIn: String });
    expect(JSON.parse(text)).toMatchObject({ data: [{ embedding: [1, 0] }] });
    expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({ input: ['beta'], user: '[EMAIL_1]' });
  });

  it('refuse them for it', async () => {
    const { url, told } = await guardedGate({ guards: '{ mails: { kind: pii, action: block } }' });
    const body = { content: { parts: [{ text: 'beta' }] }, title: `To ${MAIL}` };
    const answer = await post(`${url}/v1beta/models/m:embedContent`, { body, key: 'key-a', saidIn: String });
    expect(answer.status).toBe(400);
    expect(told).toEqual([]);
  });
});
