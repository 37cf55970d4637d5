import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import { foreign, readReply, readStream, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { cohereProvider } from './cohere-provider.ts';

interface Event {
  readonly type: string;
  readonly [member: string]: unknown;
}

const sse = (events: readonly unknown[]): string =>
  events
    .map((event) => {
      const type = typeof event === 'object' && event !== null && 'type' in event ? String(event.type) : 'x';
      return `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
    })
    .join('');

const start: Event = { id: 'r1', type: 'message-start', delta: { message: { role: 'assistant', content: [] } } };
const begin = (index: number, content: object): Event => ({
  type: 'content-start',
  index,
  delta: { message: { content } },
});
const more = (index: number, content: object, members: object = {}): Event => ({
  type: 'content-delta',
  index,
  delta: { message: { content } },
  ...members,
});
const stopped = (index: number): Event => ({ type: 'content-end', index });
const plan = (tool_plan: string): Event => ({ type: 'tool-plan-delta', delta: { message: { tool_plan } } });
const call = (index: number, type: string, tool_calls?: object): Event => ({
  type: `tool-call-${type}`,
  index,
  ...(tool_calls !== undefined && { delta: { message: { tool_calls } } }),
});
const cite = (citations: object): Event => ({ type: 'citation-start', index: 0, delta: { message: { citations } } });
const USAGE = {
  billed_units: { input_tokens: 10, output_tokens: 5 },
  tokens: { input_tokens: 100, output_tokens: 7 },
  cached_tokens: 64,
};
const end = (finish_reason: string | undefined, members: object = {}): Event => ({
  type: 'message-end',
  delta: { finish_reason, usage: USAGE, ...members },
});

const SOURCE = { type: 'document', id: 'd1', document: { title: 'T', url: 'https://a.test', snippet: 's' } };
const OTHER = { type: 'tool', id: 't1', tool_output: { text: 'x' } };
const CITATION = { start: 0, end: 3, text: 'Ulm', sources: [SOURCE, OTHER], content_index: 1, type: 'TEXT_CONTENT' };

const cited = [
  start,
  begin(0, { type: 'thinking', thinking: '' }),
  more(0, { thinking: ' let me' }),
  more(0, { thinking: ' see 🏯' }),
  stopped(0),
  begin(1, { type: 'text', text: '' }),
  more(1, { text: 'Ulm' }),
  cite(CITATION),
  { type: 'citation-end', index: 0 },
  more(1, { text: ' it is' }),
  stopped(1),
  end('COMPLETE'),
];

const whole: ChatReply = {
  id: 'r1',
  created: 1_700_000_000,
  model: 'their-model',
  choices: [
    {
      index: 0,
      blocks: [
        { type: 'reasoning', text: ' let me see 🏯' },
        {
          type: 'text',
          text: 'Ulm it is',
          citations: [
            {
              url: 'https://a.test',
              title: 'T',
              text: 's',
              start: 0,
              end: 3,
              raw: { dialect: 'cohere', data: { ...CITATION, sources: [SOURCE] } },
            },
            { text: 'x', start: 0, end: 3, raw: { dialect: 'cohere', data: { ...CITATION, sources: [OTHER] } } },
          ],
        },
      ],
      stop: { reason: 'end', raw: 'COMPLETE' },
    },
  ],
  usage: { inputUncached: 36, cacheRead: 64, outputText: 7 },
};

const read = (events: readonly unknown[], chunkBytes?: number): ReturnType<typeof readStream> =>
  readStream(cohereProvider, sse(events), chunkBytes === undefined ? {} : { chunkBytes });

describe('a stream of Cohere', () => {
  it('is the same answer, wherever it is cut into pieces', () => {
    for (const bytes of [undefined, ...Array.from({ length: 40 }, (_, at) => at + 1)]) {
      expect(read(cited, bytes).folded).toEqual(whole);
    }
    expect(readStream(cohereProvider, `${sse(cited)}data: [DONE]\n\n`).folded).toEqual(whole);
  });

  it('folds to what the whole reply says', () => {
    const reply = {
      id: 'r1',
      finish_reason: 'COMPLETE',
      message: {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: ' let me see 🏯' },
          { type: 'text', text: 'Ulm it is' },
        ],
        citations: [CITATION],
      },
      usage: USAGE,
    };
    expect(readReply(cohereProvider, reply)).toEqual(whole);
  });

  it('takes the name of an event where its data has none', () => {
    const body = sse(cited).replaceAll(/"type":"(message|content|citation)-[a-z]+",/g, '');
    expect(readStream(cohereProvider, body).folded).toEqual(whole);
  });

  it('tells calls, with and without arguments, and what was planned', () => {
    const first = { id: 'look_1', type: 'function', function: { name: 'look', arguments: '' } };
    const events = [
      start,
      plan('I '),
      plan('look.'),
      cite({ start: 0, end: 1, text: 'I', sources: [SOURCE], type: 'PLAN' }),
      call(0, 'start', first),
      call(0, 'delta', { function: { arguments: '{"a"' } }),
      call(0, 'delta', { function: { arguments: ':1}' } }),
      call(0, 'end'),
      call(1, 'start', { ...first, id: 'look_2' }),
      call(1, 'end'),
      end('TOOL_CALL'),
    ];
    const { events: told, folded } = read(events);
    const calls = [
      { type: 'tool_call', id: 'look_1', name: 'look', input: '{"a":1}' },
      { type: 'tool_call', id: 'look_2', name: 'look', input: '{}' },
    ];
    expect(folded).toMatchObject({
      choices: [
        {
          blocks: [{ type: 'text', text: 'I look.', citations: [{ title: 'T' }] }, ...calls],
          stop: { reason: 'tool_calls' },
        },
      ],
    });
    expect(told.findIndex((event) => event.t === 'block_stop' && event.index === 1)).toBeLessThan(
      told.findIndex((event) => event.t === 'block' && event.index === 2),
    );
    const message = {
      role: 'assistant',
      tool_plan: 'I look.',
      tool_calls: [
        { ...first, function: { name: 'look', arguments: '{"a":1}' } },
        { ...first, id: 'look_2' },
      ],
      citations: [{ start: 0, end: 1, text: 'I', sources: [SOURCE], type: 'PLAN' }],
    };
    expect(readReply(cohereProvider, { id: 'r1', finish_reason: 'TOOL_CALL', message, usage: USAGE })).toEqual(folded);
  });

  it('gives tools their own names back, and custom tools their text', () => {
    const request = foreign({ tools: [{ kind: 'custom', name: 'free-text' }] });
    const wire = JSON.stringify(written(cohereProvider, request).body);
    const [name = ''] = /free_text_\w+/.exec(wire) ?? [];
    const events = [
      start,
      call(0, 'start', { id: 'c', type: 'function', function: { name, arguments: '' } }),
      call(0, 'delta', { function: { arguments: '{"input":' } }),
      call(0, 'delta', { function: { arguments: '"hello"}' } }),
      call(0, 'end'),
      end('TOOL_CALL'),
    ];
    expect(readStream(cohereProvider, sse(events), { request }).folded).toMatchObject({
      choices: [{ blocks: [{ name: 'free-text', input: 'hello', custom: true }] }],
    });
  });

  it('gathers probabilities of tokens', () => {
    const logprobs = { text: 'Ulm', token_ids: [1, 2], logprobs: [-0.5, -0.25] };
    const events = [start, more(0, { text: 'Ulm' }, { logprobs }), end('COMPLETE')];
    const entry = { token: 'Ulm', logprob: -0.75, bytes: [85, 108, 109], top_logprobs: [] };
    const told = { choices: [{ logprobs: { content: [entry], refusal: null } }] };
    expect(read(events).folded).toMatchObject(told);
    const message = { content: [{ type: 'text', text: 'Ulm' }] };
    expect(readReply(cohereProvider, { message, logprobs: [logprobs], finish_reason: 'COMPLETE' })).toMatchObject(told);
  });

  it.each([
    ['COMPLETE', 'end'],
    ['STOP_SEQUENCE', 'stop_sequence'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'end'],
    ['ERROR', 'error'],
    ['TIMEOUT', 'error'],
    ['ERROR_TOXIC', 'content_filter'],
    ['ELSE', 'unknown'],
  ])('ends with %s as %s', (finish_reason, reason) => {
    const told = { choices: [{ stop: { reason, raw: finish_reason } }] };
    expect(read([start, more(0, { text: 'x' }), end(finish_reason)]).folded).toMatchObject(told);
    const message = { content: [{ type: 'text', text: 'x' }] };
    expect(readReply(cohereProvider, { message, finish_reason })).toMatchObject(told);
  });

  it.each<[string, readonly unknown[], string]>([
    ['an end that says why', [start, more(0, { text: 'x' }), end('ERROR', { error: 'out of memory' })], 'upstream'],
    ['an end that says nothing', [start, end('TIMEOUT')], 'timeout'],
    ['a message', [{ message: 'too many requests', id: '1' }], 'upstream'],
    ['an event', [start, { type: 'error', message: 'x' }], 'upstream'],
  ])('fails with %s', (_, events, kind) => {
    expect(read(events).events.at(-1)).toMatchObject({ t: 'error', error: { kind } });
  });

  it('fails as a whole, too', () => {
    expect(readReply(cohereProvider, { message: {}, finish_reason: 'ERROR' })).toMatchObject({ kind: 'upstream' });
    expect(readReply(cohereProvider, { message: 'x' })).toMatchObject({ kind: 'upstream' });
    for (const odd of ['x', [], {}, { message: 5 }]) expect(readReply(cohereProvider, odd)).toBeUndefined();
  });

  it('is cut when its end is missing', () => {
    for (let count = 0; count < cited.length; count++) expect(read(cited.slice(0, count)).folded).toBeUndefined();
  });

  it.each<[number, string, string]>([
    [400, 'too many tokens: size limit exceeded by 11326 tokens.', 'context_length'],
    [400, 'invalid request: response_format is not supported with RAG.', 'invalid_request'],
    [401, 'invalid api token', 'authentication'],
    [404, "model 'x' not found", 'not_found'],
    [429, 'You are using a Trial key', 'rate_limited'],
    [498, 'invalid token', 'authentication'],
    [500, 'internal server error', 'upstream'],
  ])('understands an error of status %i: %s', (status, message, kind) => {
    expect(cohereProvider.readError(status, JSON.stringify({ id: '1', message }))).toMatchObject({ kind });
  });

  it('survives whatever it is sent', () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const kinds = [
      'message-start',
      'content-start',
      'content-delta',
      'content-end',
      'tool-plan-delta',
      'tool-call-start',
    ];
    const others = ['tool-call-delta', 'tool-call-end', 'citation-start', 'message-end', 'debug', 'x'];
    const message = fc.record(
      { content: value, tool_calls: value, citations: value, tool_plan: value },
      { requiredKeys: [] },
    );
    const event = fc.record({
      type: fc.constantFrom(...kinds, ...others),
      index: value,
      delta: fc.oneof(value, fc.record({ message, usage: value, finish_reason: value })),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(event, value), { maxLength: 8 }), (events) => {
        read(events, 13);
        for (const one of events) readReply(cohereProvider, one);
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.record({ message, usage: value, citations: value }), (reply) => {
        readReply(cohereProvider, reply);
      }),
    );
  });
});
