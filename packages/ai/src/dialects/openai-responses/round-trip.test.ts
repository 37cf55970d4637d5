import { describe, expect, it } from 'vitest';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import { StreamFold } from '../../canonical/fold-stream.ts';
import { Losses } from '../../canonical/loss.ts';
import { asJson, eventsOf, read, readFor, readStream, replyTo, sse, writeStream } from './__fixtures__/contexts.ts';
import { RESPONSE, STREAM } from './__fixtures__/response.ts';
import { openAiResponsesCaller } from './caller.ts';
import { openAiResponsesProvider } from './provider.ts';

const MARK = { mode: 'explicit', ttl: '12h' };

const REQUEST = {
  model: 'gpt-5.6',
  instructions: 'Be brief.',
  input: [
    { type: 'message', role: 'developer', content: 'No jokes.', id: 'msg_0', status: 'completed' },
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look', prompt_cache_breakpoint: MARK },
        { type: 'input_image', detail: 'original', image_url: 'https://a.example/x.png' },
        { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=', detail: 'low' },
      ],
    },
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [
        { type: 'summary_text', text: 'One' },
        { type: 'summary_text', text: 'Two' },
      ],
      encrypted_content: 'gAAAA-x_y==',
      status: 'completed',
    },
    {
      type: 'message',
      id: 'msg_1',
      role: 'assistant',
      status: 'completed',
      phase: 'commentary',
      content: [
        {
          type: 'output_text',
          text: 'See',
          annotations: [{ type: 'file_citation', file_id: 'file_1', filename: 'a.pdf', index: 3 }],
          logprobs: [{ token: 'See', bytes: [83], logprob: -0.1, top_logprobs: [] }],
        },
        { type: 'refusal', refusal: 'No more.' },
      ],
    },
    {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'call_1',
      name: 'odd.name',
      arguments: '{ "n": 12345678901234567890 }',
      status: 'completed',
      namespace: 'crm',
    },
    { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'free', input: 'x' },
    { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } },
    {
      type: 'function_call_output',
      call_id: 'call_1',
      output: [
        { type: 'input_text', text: 'A' },
        { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
      ],
      id: 'fco_1',
      status: 'completed',
    },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'B' },
    { type: 'item_reference', id: 'msg_9' },
    { type: 'compaction', encrypted_content: 'E' },
    { type: 'message', role: 'assistant', content: 'Done.', phase: 'final_answer' },
    { type: 'message', role: 'system', content: 'Now rhyme.' },
    { type: 'message', role: 'user', content: 'And?' },
  ],
  tools: [
    { type: 'function', name: 'odd.name', parameters: { type: 'object' }, strict: true, defer_loading: true },
    { type: 'function', name: 'plain', description: 'd', parameters: null, strict: false },
    { type: 'custom', name: 'free', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
    { type: 'namespace', name: 'crm', description: 'd', tools: [] },
    { type: 'web_search' },
  ],
  tool_choice: { type: 'web_search' },
  parallel_tool_calls: false,
  temperature: 0.2,
  top_p: 0.3,
  max_output_tokens: 5,
  text: {
    format: { type: 'json_schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true },
    verbosity: 'low',
    shape: 'round',
  },
  reasoning: { effort: 'low', summary: 'concise', context: 'all_turns' },
  previous_response_id: 'resp_0',
  store: false,
  include: ['web_search_call.action.sources', 'reasoning.encrypted_content', 'message.output_text.logprobs'],
  top_logprobs: 2,
  safety_identifier: 'u',
  metadata: { a: 'b' },
  prompt_cache_key: 'k',
  service_tier: 'flex',
  stream: true,
  stream_options: { include_obfuscation: false },
  truncation: 'auto',
  moderation: { model: 'x' },
  unheard_of: { a: [1] },
};

describe('a request of this dialect', () => {
  it('comes out of the canonical form as it went in', () => {
    const losses = new Losses();
    const target = { model: 'gpt-5.6', stream: true, rules: { kind: 'openai' } };
    const written = openAiResponsesProvider.writeRequest(read(REQUEST), target, losses);
    expect(JSON.parse(written)).toEqual(REQUEST);
    expect(losses.codes).toEqual([]);
  });

  it('drops the plain text of reasoning beside its proof, and keeps it without', () => {
    const content = [{ type: 'reasoning_text', text: 'Hm' }];
    const proven = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'E' };
    const plain = { type: 'reasoning', id: 'rs_2', summary: [], content };
    const target = { model: 'm', stream: false, rules: { kind: 'openai' } };
    const request = read({ input: [{ ...proven, content }, plain, { role: 'user', content: 'x' }] });
    const body: unknown = JSON.parse(openAiResponsesProvider.writeRequest(request, target, new Losses()));
    expect(body).toMatchObject({ input: [proven, plain, { role: 'user' }] });
    expect(body).not.toHaveProperty('input.0.content');
  });
});

describe('a response of this dialect', () => {
  const request = read({ input: 'x' });

  function whole(): ChatReply {
    const reply = openAiResponsesProvider.readReply(asJson(RESPONSE), readFor(request));
    if (reply === undefined || 'kind' in reply) throw new Error('no reply');
    return reply;
  }

  it('comes out of the canonical form as it went in', () => {
    expect(JSON.parse(openAiResponsesCaller.writeReply(whole(), replyTo(request)))).toMatchObject(RESPONSE);
  });

  it('says the same when it streams', () => {
    const fold = new StreamFold();
    for (const event of readStream(sse(STREAM), request).events) fold.add(event);
    const { ext: _, ...said } = whole();
    expect(fold.end()).toEqual({ ...said, ext: expect.anything() });
  });

  it('streams out as it streamed in', () => {
    const written = eventsOf(writeStream(readStream(sse(STREAM), request).events, request));
    const ofTheGate = /^response\.web_search_call\./;
    const expected = STREAM.map((event) => ('type' in event ? String(event.type) : '')).filter(
      (type) => !ofTheGate.test(type),
    );
    expect(written.map(({ type }) => type)).toEqual(expected);
    expect(written.at(-1)).toMatchObject({ response: { ...RESPONSE, completed_at: null } });
    const added = written.filter(({ type }) => type === 'response.output_item.added');
    expect(added.map(({ item }) => item)).toMatchObject(RESPONSE.output.map(({ id, type }) => ({ id, type })));
  });

  it('keeps its tokens in the stream', () => {
    const logprobs = [{ token: 'a', bytes: [97], logprob: -1, top_logprobs: [] }];
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const item = { type: 'message', id: 'msg_1', role: 'assistant', content: [] };
    const content = [{ type: 'output_text', text: 'a', annotations: [], logprobs }];
    const body = sse([
      { type: 'response.output_item.added', output_index: 0, item },
      { type: 'response.output_text.delta', ...place, delta: 'a', logprobs },
      { type: 'response.completed', response: { output: [{ ...item, content }] } },
    ]);
    const { events } = readStream(body, request);
    expect(events).toContainEqual(expect.objectContaining({ t: 'stop', logprobs: { content: logprobs } }));
    const written = eventsOf(writeStream(events, request));
    expect(written).toContainEqual(expect.objectContaining({ type: 'response.output_text.delta', logprobs }));
    expect(written.at(-1)).toMatchObject({ response: { output: [{ content }] } });
  });
});
