import { describe, expect, it } from 'vitest';
import type { Block } from '../../canonical/chat-request.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import { foreign, readStream, sse } from './__fixtures__/contexts.ts';
import { STREAM } from './__fixtures__/response.ts';
import { openAiResponsesProvider } from './provider.ts';

const call = foreign();
const begun = { type: 'response.created', response: { id: 'resp_1', created_at: 5, model: 'm' } };
const completed = { type: 'response.completed', response: { status: 'completed', output: [] } };

/** The blocks of a stream that ends well. */
function blocksOf(...events: readonly object[]): readonly Block[] {
  const fold = new StreamFold();
  for (const event of readStream(sse([begun, ...events, completed]), call).events) fold.add(event);
  const reply = fold.end();
  if (reply === undefined || 'kind' in reply) throw new Error('no reply');
  return reply.choices[0]?.blocks ?? [];
}

describe('a stream', () => {
  const { events } = readStream(sse(STREAM), call);

  it('is read as it comes', () => {
    const text = events.flatMap((event) => (event.t === 'delta' && 'text' in event.delta ? [event.delta.text] : []));
    expect(text.slice(0, 3)).toEqual(['**', 'On', 'e*']);
    expect(events.map(({ t }) => t).filter((t) => t !== 'delta' && t !== 'block' && t !== 'block_stop')).toEqual([
      'start',
      'usage',
      'stop',
      'done',
    ]);
  });

  it('reads alike wherever its bytes are cut, and however its lines end', () => {
    const bytes = Buffer.byteLength(sse(STREAM));
    for (const size of [1, 2, 3, 7, 64, 1000, bytes - 1]) {
      expect(readStream(sse(STREAM), call, size).events).toEqual(events);
    }
    expect(readStream(sse(STREAM).replaceAll('\n', '\r\n'), call, 5).events).toEqual(events);
  });

  it('is told without the names of its events, without its last blank line, and with a terminator', () => {
    const bare = sse(STREAM).replaceAll(/^event: .*\n/gm, '');
    expect(readStream(bare.trimEnd(), call).events).toEqual(events);
    expect(readStream(`${bare}data: [DONE]\n\n`, call).events).toEqual(events);
  });

  it('starts when there is something to say, so that an early failure can go elsewhere', () => {
    expect(readStream(sse([begun, begun]), call)).toEqual({ events: [], ended: false });
    const error = { type: 'error', error: { code: 'server_error', message: 'x' } };
    expect(readStream(sse([begun, error]), call).events).toMatchObject([{ t: 'error' }]);
  });

  it('shows what keeps it alive', () => {
    const added = { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'r' } };
    const body = `${sse([begun])}: x\n\n${sse([added])}: x\n\n${sse([{ type: 'keepalive' }])}`;
    expect(readStream(body, call).events.map(({ t }) => t)).toEqual(['start', 'ping', 'ping']);
  });

  it('that broke off is not done', () => {
    expect(readStream(sse(STREAM.slice(0, -1)), call).ended).toBe(false);
    expect(readStream(`${sse(STREAM.slice(0, 20))}event: response.comp`, call).ended).toBe(false);
  });

  it('says nothing behind its end', () => {
    const late = { type: 'response.output_text.delta', output_index: 9, delta: 'late' };
    expect(readStream(sse([...STREAM, late, completed]), call).events).toEqual(events);
  });

  it('that hits the limit says so, and where the call was cut', () => {
    const response = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
    const item = { type: 'function_call', call_id: 'a', name: 'f', arguments: '' };
    const body = sse([
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a' },
      { type: 'response.output_item.done', output_index: 0, item: { ...item, arguments: '{"a', status: 'incomplete' } },
      { type: 'response.incomplete', response },
    ]);
    const fold = new StreamFold();
    for (const event of readStream(body, call).events) fold.add(event);
    expect(fold.end()).toMatchObject({ choices: [{ stop: { reason: 'length' }, blocks: [{ input: '{"a' }] }] });
  });
});

describe('what a server leaves out of its stream', () => {
  const fn = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'f' };
  const args = { output_index: 0, item_id: 'fc_1' };
  const added = { type: 'response.output_item.added', output_index: 0, item: { ...fn, arguments: '' } };
  const whole = { type: 'tool_call', id: 'a', name: 'f', input: '{"a":1}', itemId: 'fc_1' };
  const item = { ...fn, arguments: '{"a":1}' };
  const message = { type: 'message', id: 'm', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] };
  const delta = (more: object): object => ({ type: 'response.output_text.delta', item_id: 'm', delta: 'Hi', ...more });

  const cases: Readonly<Record<string, readonly [readonly object[], readonly object[]]>> = {
    'deltas, so that arguments come when they are done': [
      [added, { type: 'response.function_call_arguments.done', ...args, arguments: '{"a":1}' }],
      [whole],
    ],
    'deltas, so that arguments come with the item': [
      [added, { type: 'response.output_item.done', output_index: 0, item }],
      [whole],
    ],
    'the beginning of an item': [[{ type: 'response.output_item.done', output_index: 0, item }], [whole]],
    'half of the deltas': [
      [
        added,
        { type: 'response.function_call_arguments.delta', ...args, delta: '{"a' },
        { type: 'response.output_item.done', output_index: 0, item },
      ],
      [whole],
    ],
    'arguments altogether': [[added], [{ ...whole, input: '{}' }]],
    'all but the response': [
      [{ type: 'response.completed', response: { output: [item, message] } }],
      [whole, { type: 'text', text: 'Hi' }],
    ],
    'the end of an item': [[delta({ output_index: 0 })], [{ type: 'text', text: 'Hi' }]],
    'the places of items': [
      [delta({}), delta({}), delta({ item_id: 'n' })],
      [{ text: 'HiHi' }, { text: 'Hi' }],
    ],
    'places that begin at 1': [
      [
        { type: 'response.output_item.added', output_index: 1, item: { ...message, content: [] } },
        delta({ output_index: 1 }),
        { type: 'response.completed', response: { output: [message] } },
      ],
      [{ type: 'text', text: 'Hi' }],
    ],
    'the order of items': [
      [
        delta({ output_index: 0 }),
        { ...added, output_index: 1 },
        delta({ output_index: 0 }),
        { type: 'response.output_item.done', output_index: 1, item },
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: { type: 'message', content: [{ type: 'output_text', text: 'HiHi' }] },
        },
      ],
      [{ type: 'text', text: 'Hi' }, whole, { type: 'text', text: 'Hi' }],
    ],
  };
  for (const [name, [events, blocks]] of Object.entries(cases)) {
    it(`is found: ${name}`, () => expect(blocksOf(...events)).toMatchObject(blocks));
  }

  it('does not include a head: then it is made up', () => {
    const { events } = readStream(sse([delta({ output_index: 0 })]), call);
    expect(events[0]).toEqual({ t: 'start', id: 'resp_0', model: 'gpt', created: 1000 });
  });
});

describe('an error in a stream', () => {
  const cases: Readonly<Record<string, readonly [object, string]>> = {
    'nested, as it is sent': [
      { type: 'error', error: { type: 'tokens', code: 'rate_limit_exceeded', message: 'x', param: null } },
      'rate_limited',
    ],
    'flat, as it is documented': [
      { type: 'error', code: 'rate_limit_exceeded', message: 'x', param: null },
      'rate_limited',
    ],
    'as a failed response': [
      { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error', message: 'x' } } },
      'upstream',
    ],
    'as a failed response without a word': [{ type: 'response.failed', response: {} }, 'upstream'],
    'as other dialects have it': [{ error: { message: 'x', code: 'context_length_exceeded' } }, 'context_length'],
  };
  for (const [name, [event, kind]] of Object.entries(cases)) {
    it(`is read ${name}`, () => {
      const added = { type: 'response.output_text.delta', output_index: 0, delta: 'Hi' };
      const failed = { type: 'response.failed', response: { status: 'failed' } };
      const { events } = readStream(sse([begun, added, event, failed]), call);
      expect(events.at(-1)).toMatchObject({ t: 'error', error: { kind } });
      expect(events.filter(({ t }) => t === 'error')).toHaveLength(1);
    });
  }

  it('is read from an HTTP error, too', () => {
    const body = '{"error":{"message":"bad","type":"invalid_request_error","param":"input","code":null}}';
    expect(openAiResponsesProvider.readError(400, body)).toMatchObject({ kind: 'invalid_request', status: 400 });
  });
});
