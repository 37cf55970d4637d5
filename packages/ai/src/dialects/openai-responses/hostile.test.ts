import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import { asJson, foreign, read, readFor, readStream, replyTo, sse, writeStream } from './__fixtures__/contexts.ts';
import { openAiResponsesCaller } from './caller.ts';
import { openAiResponsesProvider } from './provider.ts';

const TYPES = [
  'message',
  'function_call',
  'custom_tool_call',
  'function_call_output',
  'custom_tool_call_output',
  'reasoning',
  'item_reference',
  'web_search_call',
  'output_text',
  'input_text',
  'input_image',
  'input_file',
  'refusal',
  'summary_text',
  'json_schema',
  'function',
  'custom',
  'allowed_tools',
];

const word = fc.oneof(
  fc.constantFrom(...TYPES, 'user', 'assistant', 'system', 'developer', 'completed', 'incomplete', 'failed'),
  fc.constantFrom('', 'data:image/png;base64,iVBORw0KGgo=', 'gatehouse-next_call:x', 'gatehouse-unsigned:', 'rs_1'),
  fc.string({ maxLength: 5 }),
);

const NAMES = [
  'type',
  'role',
  'content',
  'id',
  'call_id',
  'name',
  'arguments',
  'input',
  'output',
  'summary',
  'encrypted_content',
  'text',
  'refusal',
  'image_url',
  'file_data',
  'file_id',
  'status',
  'annotations',
  'prompt_cache_breakpoint',
  'phase',
  'parameters',
  'format',
  'schema',
  'strict',
  '__proto__',
  'constructor',
  'tools',
  'error',
  'reason',
];

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    word,
    fc.constantFrom(null, true, false, 0, -1, 3, 1e300),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('json'), { maxKeys: 7 }),
  ),
}));

const item = fc.record(
  {
    type: fc.constantFrom(...TYPES.slice(0, 8)),
    role: fc.constantFrom('user', 'assistant', 'system', 'developer'),
    id: word,
    call_id: fc.constantFrom('a', 'b', ''),
    name: word,
    content: json,
    summary: json,
    output: json,
    arguments: json,
    input: json,
    encrypted_content: word,
    status: word,
    phase: word,
    extra: json,
  },
  { requiredKeys: ['type'] },
);

const request = fc.record(
  {
    model: fc.constant('m'),
    input: fc.oneof(json, fc.array(item, { maxLength: 6 })),
    instructions: json,
    tools: fc.oneof(json, fc.array(json)),
    tool_choice: json,
    text: json,
    reasoning: json,
    include: json,
    store: json,
    metadata: json,
    temperature: json,
    other: json,
  },
  { requiredKeys: ['model'] },
);

function orRefused<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof Untranslatable) return undefined;
    throw error;
  }
}

describe('a hostile caller', () => {
  it('is refused or understood, and what is understood can be written for a provider and repeated', () => {
    fc.assert(
      fc.property(request, (body) => {
        const understood = orRefused(() =>
          openAiResponsesCaller.readRequest(asJson(body), { header: () => undefined }),
        );
        if (understood === undefined) return;
        const target = { model: 'gpt', stream: false, rules: { kind: 'x' } };
        orRefused(() => openAiResponsesProvider.writeRequest(understood, target, new Losses()));
        const { state: _, ...stateless } = understood;
        orRefused(() =>
          openAiResponsesProvider.writeRequest({ ...stateless, dialect: 'gemini' }, target, new Losses()),
        );
        const reply = { id: 'x', created: 1, model: 'm', choices: [] };
        expect(JSON.parse(openAiResponsesCaller.writeReply(reply, replyTo(understood)))).toHaveProperty('object');
      }),
      { numRuns: 1000 },
    );
  });
});

const EVENTS = [
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.output_item.done',
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_text.done',
  'response.output_text.annotation.added',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.custom_tool_call_input.delta',
  'response.web_search_call.searching',
  'keepalive',
];

const event = fc.record(
  {
    type: fc.constantFrom(...EVENTS),
    output_index: fc.constantFrom(0, 1, 2),
    content_index: fc.constantFrom(0, 1),
    summary_index: fc.constantFrom(0, 1),
    item_id: fc.constantFrom('a', 'b'),
    delta: word,
    text: word,
    arguments: word,
    annotation: json,
    item,
    response: json,
  },
  { requiredKeys: ['type'] },
);

const ending = fc.record(
  {
    type: fc.constantFrom('response.completed', 'response.incomplete', 'response.failed', 'error'),
    response: fc.oneof(json, fc.record({ status: word, output: fc.array(item, { maxLength: 3 }), usage: json })),
    error: json,
  },
  { requiredKeys: ['type'] },
);

describe('a hostile provider', () => {
  it('gives a stream that keeps the rules, or none, and callers get one that ends', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.option(ending), (events, last) => {
        for (const call of [foreign(), read({ input: 'x' })]) {
          const { events: canonical, ended } = readStream(sse(last === null ? events : [...events, last]), call);
          const fold = new StreamFold();
          for (const one of canonical) fold.add(one);
          const body = writeStream(canonical, read({ input: 'x' }));
          expect(/event: response\.(?:completed|incomplete|failed)\n/.test(body)).toBe(ended);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives a reply that is none, or one that can be written', () => {
    const reply = fc.record(
      { output: fc.oneof(json, fc.array(item, { maxLength: 4 })), usage: json, status: word, error: json, id: json },
      { requiredKeys: ['output'] },
    );
    fc.assert(
      fc.property(fc.oneof(json, reply), (body) => {
        const call = read({ input: 'x' });
        const understood = openAiResponsesProvider.readReply(asJson(body), readFor(call));
        if (understood === undefined || 'kind' in understood) return;
        expect(JSON.parse(openAiResponsesCaller.writeReply(understood, replyTo(call)))).toHaveProperty('output');
      }),
      { numRuns: 1000 },
    );
  });
});
