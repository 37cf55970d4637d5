import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { answer, head, isReply, replay, replyContext, requestOf, written } from './__fixtures__/canonical-replay.ts';
import { clientOf, gather } from './__fixtures__/sdk-client.ts';
import { readRequest } from './read-request.ts';
import { writeReply } from './write-reply.ts';

const anthropic = { value: 'sig+/=', dialect: 'anthropic' } as const;

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const optionalSignature = fc.constantFrom({}, { signature: anthropic });
const reasoning: fc.Arbitrary<Block> = fc.oneof(
  fc
    .record({ type: fc.constant('reasoning' as const), text })
    .chain((block) => optionalSignature.map((signed) => ({ ...block, ...signed }))),
  fc.constant({ type: 'reasoning' as const, text: '', redacted: anthropic }),
);
const call: fc.Arbitrary<Block> = fc.record({
  type: fc.constant('tool_call' as const),
  id: fc.uuid(),
  name: fc.constantFrom('f', 'g'),
  input: fc.oneof(fc.constant(''), fc.json(), text),
});
const plainText = fc.record({ type: fc.constant('text' as const), text });
/** In the order in which Chat tells them. */
const blocks = fc
  .tuple(fc.array(reasoning, { maxLength: 3 }), fc.array(plainText, { maxLength: 1 }), fc.array(call, { maxLength: 3 }))
  .map((parts): Block[] => parts.flat());
const choices = fc.array(blocks, { minLength: 1, maxLength: 3 }).map((all) =>
  all.map((said, index) => {
    const called = said.some(({ type }) => type === 'tool_call');
    return { index, blocks: said, stop: { reason: called ? ('tool_calls' as const) : ('end' as const) } };
  }),
);
const replies = choices.map((all): ChatReply => ({ ...head, choices: all }));

describe('what is written, for the official SDK', () => {
  const request: ChatRequest = requestOf({ n: 3 });

  it('is gathered into the whole reply', async () => {
    await fc.assert(
      fc.asyncProperty(replies, async (reply) => {
        const gathered = await gather(written(unfoldReply(reply), request));
        const whole: unknown = JSON.parse(writeReply(reply, replyContext(request)));
        expect(withoutFragments(gathered)).toEqual(withoutFragments(whole));
      }),
      { numRuns: 100 },
    );
  });

  it('lets strict tools be parsed, though calls come at once', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'f', strict: true, parameters: {} } }];
    const events = unfoldReply(
      answer(
        ['{"x":1}', '{"y":"🏯"}'].map((input, at) => ({ type: 'tool_call', id: `c${at}`, name: 'f', input })),
        { stop: { reason: 'tool_calls' } },
      ),
    );
    const reordered = events.toSorted((a, b) => order(a) - order(b));
    const run = clientOf(written(reordered)).chat.completions.stream({
      model: 'm',
      messages: [{ role: 'user', content: 'Hi' }],
      tools,
    });
    const done: unknown[] = [];
    run.on('tool_calls.function.arguments.done', ({ parsed_arguments }) => done.push(parsed_arguments));
    await run.finalChatCompletion();
    expect(done).toEqual([{ x: 1 }, { y: '🏯' }]);
  });

  it('brings reasoning back with the next request', async () => {
    const said: Block[] = [
      { type: 'reasoning', text: 'one', signature: anthropic },
      { type: 'tool_call', id: 'a', name: 'f', input: '{}', signature: { value: 'g', dialect: 'gemini' } },
      { type: 'reasoning', text: '', redacted: anthropic },
      { type: 'tool_call', id: 'b', name: 'f', input: '{}' },
    ];
    const gathered = await gather(written(unfoldReply(answer(said, { stop: { reason: 'tool_calls' } }))));
    const message: unknown = JSON.parse(JSON.stringify(gathered.choices[0]?.message));
    const results = ['a', 'b'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'r' }));
    const body: unknown = { model: 'm', messages: [{ role: 'user', content: 'Hi' }, message, ...results] };
    const { turns } = readRequest(JSON.parse(JSON.stringify(body)), { header: () => undefined });
    expect(turns[1]?.blocks).toEqual(said);
  });
});

/** All blocks begin, then all deltas, then all stops: as providers may send calls. */
function order({ t }: StreamEvent): number {
  return ['start', 'block', 'delta', 'block_stop', 'stop', 'usage', 'done'].indexOf(t);
}

/** The SDK keeps the last fragment of a member that it does not know; the entries say all of it. */
function withoutFragments(completion: unknown): unknown {
  return JSON.parse(
    JSON.stringify(completion, (name, value: unknown) =>
      name === 'reasoning_content' || name === 'parsed' || name === 'parsed_arguments' ? undefined : value,
    ),
  );
}

describe('what is written, for a gate behind the gate', () => {
  it('is read into the same answer', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const { end } = replay([Buffer.from(written(unfoldReply(reply)))]);
        expect(textsOf(isReply(end) ? end : undefined)).toEqual(textsOf(reply));
      }),
      { numRuns: 300 },
    );
  });
});

function textsOf(reply: ChatReply | undefined): unknown {
  return reply?.choices.map((choice) => ({
    reason: choice.stop.reason,
    reasoning: choice.blocks.map((block) => (block.type === 'reasoning' ? block.text : '')).join(''),
    said: choice.blocks.filter(({ type }) => type === 'text'),
    calls: choice.blocks
      .filter((block) => block.type === 'tool_call')
      .map(({ id, name, input }) => ({ id, name, input: input === '' ? '{}' : input })),
  }));
}
