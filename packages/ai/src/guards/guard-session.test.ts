import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest } from '../canonical/chat-request.ts';
import { isJsonFields, parseExact, type Json } from '../canonical/json.ts';
import { PII_TUNING } from './__fixtures__/labelled-pii.ts';
import { SECRETS_TUNING } from './__fixtures__/labelled-secrets.ts';
import { readLabelled } from './__fixtures__/read-labelled.ts';
import { filtered, folded, replyOf, streamOf } from './__fixtures__/replies.ts';
import { requestOf } from './__fixtures__/requests.ts';
import { compileGuards } from './guard-set.ts';
import type { GuardSession } from './guard-session.ts';
import type { GuardSpec } from './guard-spec.ts';

const MASK: readonly GuardSpec[] = [
  { kind: 'pii', action: 'mask', on: ['request'] },
  { kind: 'secrets', action: 'mask', on: ['request'] },
];
const MAIL = 'ann@example.com';
const CARD = '4111111111111111';
const KEY = ['sk_', 'live_Mhmpgppa0nLgTEToD4uyetiA'].join('');

function begin(...specs: readonly GuardSpec[]): GuardSession {
  return compileGuards(specs).begin();
}

function textOf(request: ChatRequest): string {
  const [block] = request.turns[0]?.blocks ?? [];
  return block?.type === 'text' ? block.text : '';
}

/** What becomes of a block of a user turn. */
function blockOf(block: Block, ...specs: readonly GuardSpec[]): Block | undefined {
  return begin(...specs).checkRequest(requestOf([block])).request.turns[0]?.blocks[0];
}

describe('checkRequest', () => {
  it('puts tokens in the place of what it masks, the same for the same', () => {
    const verdict = begin(...MASK).checkRequest(
      requestOf(`${MAIL} and ${MAIL}, bob@example.com, card ${CARD}, ${KEY}`),
    );
    expect(textOf(verdict.request)).toBe('[EMAIL_1] and [EMAIL_1], [EMAIL_2], card [CARD_1], [API_KEY_1]');
    expect(verdict.action).toBe('pass');
    expect(verdict.findings).toEqual([
      { guard: 'pii', on: 'request', kind: 'email', count: 3, action: 'mask', shadow: false },
      { guard: 'pii', on: 'request', kind: 'card', count: 1, action: 'mask', shadow: false },
      { guard: 'secrets', on: 'request', kind: 'api_key', count: 1, action: 'mask', shadow: false },
    ]);
  });

  it('never says in a finding what it found', () => {
    const verdict = begin(...MASK).checkRequest(requestOf(`${MAIL} ${CARD} ${KEY} password: Tr0ub4dor&3x`));
    expect(JSON.stringify(verdict.findings)).not.toMatch(/ann|4111|Mhmp|Tr0ub/);
  });

  it('gives the same object back when nothing changes', () => {
    const request = requestOf('nothing here');
    expect(begin(...MASK).checkRequest(request).request).toBe(request);
    expect(begin().checkRequest(request)).toEqual({ action: 'pass', request, findings: [] });
  });

  it('leaves parts as they are in which nothing changes, so that dialects find again what they remember of them', () => {
    const kept: Block = { type: 'text', text: 'kept' };
    const request = requestOf([kept, { type: 'text', text: MAIL }], { instructions: [{ role: 'system', text: 's' }] });
    const masked = begin(...MASK).checkRequest(request).request;
    expect(masked.instructions).toBe(request.instructions);
    expect(masked.turns[0]?.blocks[0]).toBe(kept);
  });

  it('blocks, and only blocks, what it is told to', () => {
    const specs: readonly GuardSpec[] = [{ kind: 'pii', action: 'block', entities: ['card'] }];
    expect(begin(...specs).checkRequest(requestOf(MAIL))).toMatchObject({ action: 'pass', findings: [] });
    const request = requestOf(`${MAIL} ${CARD}`);
    const verdict = begin(...specs).checkRequest(request);
    expect(verdict).toMatchObject({ action: 'block', findings: [{ kind: 'card', action: 'block', count: 1 }] });
    expect(verdict.request).toBe(request);
  });

  it('changes nothing in shadow, and reports what it would have done', () => {
    const request = requestOf(`${MAIL} ${KEY}`);
    const session = begin(
      { kind: 'pii', action: 'mask', shadow: true },
      { kind: 'secrets', action: 'block', shadow: true, name: 'keys' },
    );
    const verdict = session.checkRequest(request);
    expect(verdict.request).toBe(request);
    expect(session.restores).toBe(false);
    expect(verdict).toMatchObject({
      action: 'pass',
      findings: [
        { guard: 'pii', kind: 'email', action: 'mask', shadow: true },
        { guard: 'keys', kind: 'api_key', action: 'block', shadow: true },
      ],
    });
  });

  it('does the strictest of what several guards say', () => {
    const flag: GuardSpec = { kind: 'pii', action: 'flag', name: 'a' };
    const mask: GuardSpec = { kind: 'pii', action: 'mask', name: 'b', entities: ['email'] };
    expect(textOf(begin(flag, mask).checkRequest(requestOf(`${MAIL} ${CARD}`)).request)).toBe(`[EMAIL_1] ${CARD}`);
    expect(begin(flag, mask, { ...mask, action: 'block' }).checkRequest(requestOf(MAIL)).action).toBe('block');
  });

  it('numbers tokens in the order of the conversation, so that its next call gets the same ones', () => {
    const first = requestOf('a@example.com');
    const second = requestOf([], {
      turns: [
        ...first.turns,
        { role: 'assistant', blocks: [{ type: 'text', text: 'a@example.com it is' }] },
        { role: 'user', blocks: [{ type: 'text', text: 'or b@example.com' }] },
      ],
    });
    const texts = begin(...MASK)
      .checkRequest(second)
      .request.turns.map(({ blocks }) => (blocks[0]?.type === 'text' ? blocks[0].text : ''));
    expect(texts).toEqual(['[EMAIL_1]', '[EMAIL_1] it is', 'or [EMAIL_2]']);
  });

  it('gives out no token that a caller wrote', () => {
    const session = begin(...MASK);
    expect(textOf(session.checkRequest(requestOf(`[EMAIL_1] [email_2] ${MAIL}`)).request)).toBe(
      '[EMAIL_1] [email_2] [EMAIL_3]',
    );
    expect(session.checkReply(replyOf('[EMAIL_1] [EMAIL_3]')).reply).toEqual(replyOf(`[EMAIL_1] ${MAIL}`));
  });

  it('keeps tokens of calls apart that a vendor puts together', () => {
    const state = { conversation: 'conv_1' };
    const [a, b, again] = [MAIL, 'bob@example.com', MAIL].map((mail) =>
      textOf(begin(...MASK).checkRequest(requestOf(mail, { state })).request),
    );
    expect(a).toMatch(/^\[EMAIL_\d{4,7}\]$/);
    expect(b).not.toBe(a);
    expect(again).toBe(a);
  });
});

describe('where text hides', () => {
  const cases: readonly (readonly [string, Block, Block])[] = [
    ['a refusal', { type: 'refusal', text: MAIL }, { type: 'refusal', text: '[EMAIL_1]' }],
    ['reasoning', { type: 'reasoning', text: `so ${MAIL}` }, { type: 'reasoning', text: 'so [EMAIL_1]' }],
    [
      'a document',
      {
        type: 'media',
        kind: 'document',
        title: MAIL,
        context: MAIL,
        name: `${MAIL}.txt`,
        source: { via: 'text', text: `To: ${MAIL}` },
      },
      {
        type: 'media',
        kind: 'document',
        title: '[EMAIL_1]',
        context: '[EMAIL_1]',
        name: '[EMAIL_2]',
        source: { via: 'text', text: 'To: [EMAIL_1]' },
      },
    ],
    [
      'a text that is sent as bytes',
      {
        type: 'media',
        kind: 'document',
        mime: 'text/plain',
        source: { via: 'base64', data: Buffer.from(`é ${MAIL}`).toString('base64') },
      },
      {
        type: 'media',
        kind: 'document',
        mime: 'text/plain',
        source: { via: 'base64', data: Buffer.from('é [EMAIL_1]').toString('base64') },
      },
    ],
    [
      'the arguments of a call',
      { type: 'tool_call', id: 'c', name: 'f', input: `{"to":"${MAIL}","n":${CARD},"ok":true}` },
      { type: 'tool_call', id: 'c', name: 'f', input: '{"to":"[EMAIL_1]","n":"[CARD_1]","ok":true}' },
    ],
    [
      'JSON in the arguments of a call',
      {
        type: 'tool_call',
        id: 'c',
        name: 'f',
        input: JSON.stringify({
          body: JSON.stringify({ to: MAIL, n: 1, card: Number(CARD), deep: JSON.stringify([MAIL]) }),
        }),
      },
      {
        type: 'tool_call',
        id: 'c',
        name: 'f',
        input: JSON.stringify({
          body: JSON.stringify({ to: '[EMAIL_1]', n: 1, card: '[CARD_1]', deep: JSON.stringify(['[EMAIL_1]']) }),
        }),
      },
    ],
    [
      'escapes',
      {
        type: 'tool_call',
        id: 'c',
        name: 'f',
        input: '{"a":"ann\\u0040example.com","b":"x\\nann@example.com\\"","c":"\\u002B49 30 901820"}',
      },
      { type: 'tool_call', id: 'c', name: 'f', input: '{"a":"[EMAIL_1]","b":"x\\n[EMAIL_1]\\"","c":"[PHONE_1]"}' },
    ],
    [
      'arguments that are no object',
      { type: 'tool_call', id: 'c', name: 'f', input: CARD },
      { type: 'tool_call', id: 'c', name: 'f', input: '"[CARD_1]"' },
    ],
    [
      'free text of a tool',
      { type: 'tool_call', id: 'c', name: 'f', custom: true, input: `send ${MAIL}` },
      { type: 'tool_call', id: 'c', name: 'f', custom: true, input: 'send [EMAIL_1]' },
    ],
    [
      'the result of a tool',
      {
        type: 'tool_result',
        callId: 'c',
        content: [{ type: 'text', text: `{"mail":"${MAIL}"}` }],
        json: { mail: MAIL, phone: 4_155_550_199 },
      },
      {
        type: 'tool_result',
        callId: 'c',
        content: [{ type: 'text', text: '{"mail":"[EMAIL_1]"}' }],
        json: { mail: '[EMAIL_1]', phone: '[PHONE_1]' },
      },
    ],
    [
      'what only a dialect knows',
      {
        type: 'opaque',
        dialect: 'anthropic',
        data: { type: 'search_result', content: [{ text: MAIL }], signature: MAIL },
      },
      {
        type: 'opaque',
        dialect: 'anthropic',
        data: { type: 'search_result', content: [{ text: '[EMAIL_1]' }], signature: MAIL },
      },
    ],
    [
      'citations',
      {
        type: 'text',
        text: 'x',
        citations: [
          { title: MAIL, text: MAIL, raw: { dialect: 'anthropic', data: { cited_text: MAIL, encrypted_index: MAIL } } },
        ],
      },
      {
        type: 'text',
        text: 'x',
        citations: [
          {
            title: '[EMAIL_1]',
            text: '[EMAIL_1]',
            raw: { dialect: 'anthropic', data: { cited_text: '[EMAIL_1]', encrypted_index: MAIL } },
          },
        ],
      },
    ],
  ];

  it.each(cases)('masks in %s', (_name, block, masked) => {
    expect(blockOf(block, ...MASK)).toEqual(masked);
  });

  it('masks what is said beside the turns', () => {
    const request = requestOf('x', {
      instructions: [{ role: 'system', text: MAIL }],
      tools: [
        {
          kind: 'function',
          name: 'f',
          description: MAIL,
          schema: { type: 'object', properties: { a: { description: MAIL, enum: [MAIL] } } },
        },
      ],
      endUser: MAIL,
      metadata: { owner: MAIL, plan: 'pro' },
      ext: { 'openai-chat': { prediction: { type: 'content', content: MAIL }, mcp: { authorization_token: KEY } } },
      output: { format: { kind: 'schema', description: MAIL, schema: { description: MAIL, const: MAIL } } },
    });
    expect(begin(...MASK).checkRequest(request).request).toMatchObject({
      instructions: [{ text: '[EMAIL_1]' }],
      tools: [
        { description: '[EMAIL_1]', schema: { properties: { a: { description: '[EMAIL_1]', enum: ['[EMAIL_1]'] } } } },
      ],
      endUser: '[EMAIL_1]',
      metadata: { owner: '[EMAIL_1]', plan: 'pro' },
      ext: { 'openai-chat': { prediction: { content: '[EMAIL_1]' }, mcp: { authorization_token: KEY } } },
      output: { format: { description: '[EMAIL_1]', schema: { description: '[EMAIL_1]', const: '[EMAIL_1]' } } },
    });
  });

  it('cannot change an address, and says so', () => {
    const block: Block = {
      type: 'media',
      kind: 'image',
      source: { via: 'url', url: `https://img.example/?u=${MAIL}` },
    };
    const verdict = begin(...MASK).checkRequest(requestOf([block]));
    expect(verdict.findings).toMatchObject([{ kind: 'email', action: 'flag' }]);
    expect(verdict.request.turns[0]?.blocks[0]).toBe(block);
    expect(begin({ kind: 'pii', action: 'block' }).checkRequest(requestOf([block])).action).toBe('block');
  });

  it('survives members called __proto__ and JSON that is nested without end', () => {
    const json = parseExact(`{"__proto__":{"mail":"${MAIL}"}}`);
    const result: Block = { type: 'tool_result', callId: 'c', content: [], ...(isJsonFields(json) && { json }) };
    const masked = blockOf(result, ...MASK);
    expect(JSON.stringify(masked)).toContain('{"__proto__":{"mail":"[EMAIL_1]"}}');
    let deep: Json = MAIL;
    for (let depth = 0; depth < 20_000; depth++) deep = [deep];
    const sunk = begin(...MASK).checkRequest(
      requestOf([{ type: 'tool_result', callId: 'c', content: [], json: { deep } }]),
    );
    expect(sunk.action).toBe('pass');
    const text = `${'['.repeat(50_000)}"${MAIL}"`;
    expect(blockOf({ type: 'tool_call', id: 'c', name: 'f', input: text }, ...MASK)).toMatchObject({
      input: `${'['.repeat(50_000)}"[EMAIL_1]"`,
    });
  });
});

describe('what was masked comes back', () => {
  it('in text, arguments, reasoning and citations of a reply', () => {
    const session = begin(...MASK);
    session.checkRequest(
      requestOf([
        { type: 'text', text: `${MAIL} ${KEY}` },
        { type: 'tool_call', id: 'c', name: 'f', input: `{"n":${CARD}}` },
      ]),
    );
    expect(session.restores).toBe(true);
    const { reply, action } = session.checkReply(
      replyOf(
        [
          { type: 'reasoning', text: 'ask [EMAIL_1]' },
          {
            type: 'text',
            text: 'To [EMAIL_1]: [API_KEY_1], [EMAIL_9]',
            citations: [{ text: '[EMAIL_1]', start: 3, end: 12 }],
          },
          {
            type: 'tool_call',
            id: 'd',
            name: 'g',
            input: '{"to":"[EMAIL_1]","n":"[CARD_1]","b":"{\\"n\\":\\"[CARD_1]\\"}"}',
          },
        ],
        { ext: { 'openai-responses': { instructions: 'for [EMAIL_1]' } } },
      ),
    );
    expect(action).toBe('pass');
    expect(reply).toEqual(
      replyOf(
        [
          { type: 'reasoning', text: `ask ${MAIL}` },
          {
            type: 'text',
            text: `To ${MAIL}: ${KEY}, [EMAIL_9]`,
            citations: [{ text: MAIL, start: 3, end: 3 + MAIL.length }],
          },
          { type: 'tool_call', id: 'd', name: 'g', input: `{"to":"${MAIL}","n":${CARD},"b":"{\\"n\\":${CARD}}"}` },
        ],
        { ext: { 'openai-responses': { instructions: `for ${MAIL}` } } },
      ),
    );
  });

  it.each(['[EMAIL_1]', '[email_1]', '\\[EMAIL\\_1\\]', '[EMAIL\\_1]'])('also when the model writes %s', (token) => {
    const session = begin(...MASK);
    session.checkRequest(requestOf(MAIL));
    expect(session.checkReply(replyOf(`To ${token}.`)).reply).toEqual(replyOf(`To ${MAIL}.`));
  });

  it('escaped as the place needs it', () => {
    const pem = [
      '-----BEGIN PRIVATE ',
      'KEY-----\nowrcG/4UPNfP5CIHxk/z0zQq8WxNB9oCBD4tbz5C8QmNfOZf\n-----END PRIVATE KEY-----',
    ].join('');
    const session = begin(...MASK);
    expect(textOf(session.checkRequest(requestOf(`key:\n${pem}`)).request)).toBe('key:\n[PRIVATE_KEY_1]');
    const { reply } = session.checkReply(
      replyOf([
        { type: 'text', text: '[PRIVATE_KEY_1]' },
        {
          type: 'tool_call',
          id: 'c',
          name: 'f',
          input: '{"pem":"[PRIVATE_KEY_1]","in":"{\\"pem\\":\\"[PRIVATE_KEY_1]\\"}"}',
        },
      ]),
    );
    const [text, call] = reply.choices[0]?.blocks ?? [];
    expect(text).toEqual({ type: 'text', text: pem });
    expect(JSON.parse(call?.type === 'tool_call' ? call.input : '')).toEqual({ pem, in: JSON.stringify({ pem }) });
  });

  const samples = [...PII_TUNING, ...SECRETS_TUNING].map((marked) => readLabelled(marked).text);
  const said = fc
    .array(
      fc.oneof(
        fc.constantFrom(...samples),
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.constantFrom('[EMAIL_1]', '[CARD_2]', '\\', '"', ' '),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join(' '));
  const json = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      said,
      fc.constantFrom<Json>(Number(CARD), 4_155_550_199, 12, true, null),
      fc.dictionary(fc.constantFrom('phone', 'card', 'a', 'password', 'ssn'), tie('value'), { maxKeys: 4 }),
      fc.array(tie('value'), { maxLength: 4 }),
      tie('value').map((inner) => JSON.stringify(inner)),
    ),
  })).value;

  it('exactly, whatever was said', () => {
    fc.assert(
      fc.property(said, json, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (text, args, cuts) => {
        const blocks: readonly Block[] = [
          { type: 'text', text: `.${text}` },
          { type: 'tool_call', id: 'c', name: 'f', input: JSON.stringify({ args }) },
        ];
        const session = begin(...MASK);
        const masked = session.checkRequest(requestOf(blocks)).request.turns[0]?.blocks ?? [];
        const call = masked[1];
        if (call?.type === 'tool_call') JSON.parse(call.input);
        expect(session.checkReply(replyOf(masked)).reply).toEqual(replyOf(blocks));
        let turn = 0;
        const events = streamOf(replyOf(masked), () => cuts[turn++ % cuts.length] ?? 1);
        expect(folded(filtered(session.streamFilter(), events))).toEqual(replyOf(blocks));
      }),
      { numRuns: 500 },
    );
  });
});
