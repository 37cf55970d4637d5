import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asJson, NO_FACTS } from '../chat-shaped/__fixtures__/contexts.ts';
import { ollamaCaller } from './ollama-caller.ts';

const HELLO = { model: 'llama3.2:1b', messages: [{ role: 'user', content: 'Hello' }] };
const read = (body: unknown): ChatRequest => ollamaCaller.readRequest(asJson(body), NO_FACTS);

describe('a request of Ollama', () => {
  it('is read as a whole', () => {
    expect(
      read(
        `{"model":"qwen3","stream":false,"keep_alive":"5m","think":"high","logprobs":true,"top_logprobs":3,
        "format":{"type":"object"},
        "messages":[
          {"role":"system","content":"Be brief."},
          {"role":"user","content":"Look","images":["iVBORw0KGgo="]},
          {"role":"assistant","content":"","thinking":" hm ","tool_calls":[
            {"id":"c1","function":{"index":0,"name":"look","arguments":{"id":12345678901234567890}}}]},
          {"role":"tool","tool_name":"look","tool_call_id":"c1","content":"20"},
          {"role":"system","content":"In verse."}],
        "tools":[{"type":"function","function":{"name":"look","description":"Looks","parameters":{"type":"object"}}}],
        "options":{"num_predict":100,"temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.1,"seed":7,"stop":["END",""],
          "num_ctx":4096,"repeat_penalty":1.1,"presence_penalty":0.1,"frequency_penalty":0.2,"mirostat":null}}`,
      ),
    ).toEqual({
      dialect: 'ollama',
      model: 'qwen3',
      stream: false,
      instructions: [{ role: 'system', text: 'Be brief.' }],
      turns: [
        {
          role: 'user',
          blocks: [
            { type: 'text', text: 'Look' },
            { type: 'media', kind: 'image', source: { via: 'base64', data: 'iVBORw0KGgo=' } },
          ],
        },
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: ' hm ' },
            { type: 'tool_call', id: 'c1', name: 'look', input: '{"id":12345678901234567890}' },
          ],
        },
        {
          role: 'user',
          blocks: [{ type: 'tool_result', callId: 'c1', name: 'look', content: [{ type: 'text', text: '20' }] }],
        },
        { role: 'system', blocks: [{ type: 'text', text: 'In verse.' }] },
      ],
      tools: [{ kind: 'function', name: 'look', description: 'Looks', schema: { type: 'object' } }],
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        minP: 0.1,
        seed: 7,
        frequencyPenalty: 0.2,
        presencePenalty: 0.1,
        stop: ['END'],
      },
      maxOutputTokens: 100,
      logprobs: { top: 3 },
      output: { format: { kind: 'schema', schema: { type: 'object' } } },
      reasoning: { mode: 'effort', effort: 'high' },
      cache: {},
      includeUsage: true,
      ext: { ollama: { keep_alive: '5m', 'options.num_ctx': 4096, 'options.repeat_penalty': 1.1 } },
    });
  });

  it('wants a stream when it does not say', () => {
    expect(read(HELLO).stream).toBe(true);
    expect(read({ ...HELLO, stream: null }).stream).toBe(true);
    expect(read({ ...HELLO, stream: false }).stream).toBe(false);
  });

  it.each<[unknown, ChatRequest['reasoning']]>([
    [true, { mode: 'auto' }],
    [false, { mode: 'off' }],
    ['max', { mode: 'effort', effort: 'max' }],
    [null, undefined],
  ])('thinks %j', (think, reasoning) => {
    expect(read({ ...HELLO, think }).reasoning).toEqual(reasoning);
  });

  it('takes null, an empty format and a limit of -1 for none', () => {
    const nulls = {
      format: '',
      tools: null,
      options: { num_predict: -1, temperature: null, stop: 'X' },
      keep_alive: null,
    };
    expect(read({ ...HELLO, ...nulls })).toEqual({
      ...read(HELLO),
      sampling: { stop: ['X'] },
      ext: { ollama: { 'options.num_predict': -1 } },
    });
    expect(read({ ...HELLO, options: null })).toEqual(read(HELLO));
    expect(read({ ...HELLO, format: 'json' }).output).toEqual({ format: { kind: 'json' } });
  });

  it('matches results without ids by the name of their tool, or by their order', () => {
    const call = (name: string): object => ({ function: { name, arguments: {} } });
    const { turns } = read({
      model: 'm',
      messages: [
        { role: 'assistant', tool_calls: [call('a'), call('b'), call('a')] },
        { role: 'tool', tool_name: 'b', content: 'B' },
        { role: 'tool', name: 'a', content: 'A1' },
        { role: 'tool', content: 'A2' },
        { role: 'user', content: 'And?' },
      ],
    });
    expect(turns).toMatchObject([
      { blocks: [{ id: 'ollama_call_0' }, { id: 'ollama_call_1' }, { id: 'ollama_call_2' }] },
      {
        blocks: [
          { callId: 'ollama_call_1', name: 'b' },
          { callId: 'ollama_call_0', name: 'a' },
          { callId: 'ollama_call_2', name: 'a' },
        ],
      },
      {},
    ]);
  });

  it('names members inside that nobody knows', () => {
    const tools = [{ type: 'function', odd: 1, function: { name: 'a' } }];
    const { ext } = read({ model: 'm', messages: [{ role: 'user', content: 'x', new: 1 }], tools });
    expect(ext).toEqual({ ollama: { 'messages.new': 1, 'tools.odd': 1 } });
  });

  it.each<[string, unknown, string | undefined]>([
    ['no object', [], undefined],
    ['no model', { messages: HELLO.messages }, 'model'],
    ['no messages', { model: 'm', messages: [] }, 'messages'],
    [
      'parts for content',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
      'messages[0].content',
    ],
    ['a role that nobody has', { model: 'm', messages: [{ role: 'developer', content: 'x' }] }, 'messages[0].role'],
    [
      'images that are none',
      { model: 'm', messages: [{ role: 'user', content: 'x', images: [5] }] },
      'messages[0].images[0]',
    ],
    ['an odd thought', { ...HELLO, think: 'hard' }, 'think'],
    ['an odd format', { ...HELLO, format: 'xml' }, 'format'],
    ['text for a number', { ...HELLO, options: { temperature: 'x' } }, 'options.temperature'],
  ])('refuses %s', (_, body, param) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ name: 'Untranslatable', param }));
  });

  it('throws nothing else, whatever it is sent', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const message = fc.record(
      {
        role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
        content: fc.oneof(fc.string(), value),
        tool_calls: value,
        images: value,
        thinking: value,
        tool_name: value,
      },
      { requiredKeys: ['role'] },
    );
    const body = fc.record(
      {
        model: fc.constant('m'),
        messages: fc.array(message),
        tools: value,
        options: value,
        format: value,
        think: value,
      },
      { requiredKeys: ['model', 'messages'] },
    );
    fc.assert(
      fc.property(fc.oneof(body, value), (sent) => {
        try {
          read(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(Untranslatable);
        }
      }),
      { numRuns: 500 },
    );
  });
});
