import { describe, expect, it } from 'vitest';
import type { Block, Tool, Turn } from '../../canonical/chat-request.ts';
import { Losses } from '../../canonical/loss.ts';
import { called, foreign, target, written } from './__fixtures__/contexts.ts';
import { assistant, call, GET, HI, messages, refused, result, text, user } from './__fixtures__/turns.ts';
import { anthropicProvider } from './anthropic-provider.ts';

describe('messages', () => {
  it('puts results first, all of them, behind their calls, and completes those that are missing', () => {
    const turns = [
      HI,
      assistant(text('Both.'), call('a'), call('b')),
      user(text('Meanwhile…'), result('b', 'B')),
      user(result('a', 'A')),
      assistant(call('c')),
      user(text('Well?')),
    ];
    const { body, losses } = written(foreign({ turns, tools: [GET] }));
    expect(body['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ text: 'Both.' }, { id: 'a' }, { id: 'b' }] },
      { role: 'user', content: [{ tool_use_id: 'a' }, { tool_use_id: 'b' }, { text: 'Meanwhile…' }] },
      { role: 'assistant', content: [{ id: 'c' }] },
      { role: 'user', content: [{ tool_use_id: 'c', is_error: true }, { text: 'Well?' }] },
    ]);
    expect(losses).toEqual(['emulated:tool_result']);
  });

  it('refuses a result without its call', () => {
    expect(refused(foreign({ turns: [HI, user(result('x'))] }))).toBe('messages');
  });

  it('puts calls behind text, but not across thinking', () => {
    const thought: Block = { type: 'reasoning', text: 'Hm', signature: { value: 's', dialect: 'anthropic' } };
    const turns = [HI, assistant(call('a'), text('1'), thought, call('b'), text('2')), user(result('a'), result('b'))];
    expect(messages(foreign({ turns, tools: [GET] }))).toMatchObject([
      {},
      { content: [{ text: '1' }, { id: 'a' }, { type: 'thinking' }, { text: '2' }, { id: 'b' }] },
      {},
    ]);
  });

  it('gives ids and names a form that the API takes, the same for calls and results', () => {
    const odd = 'call:1/ü'.repeat(12);
    const tools: Tool[] = [{ kind: 'function', name: 'files.read all' }];
    const turns = [HI, assistant(call(odd, 'files.read all')), user(result(odd))];
    const { body } = written(foreign({ turns, tools, toolChoice: { mode: 'named', name: 'files.read all' } }));
    const [, asked, answered] = Array.isArray(body['messages']) ? body['messages'] : [];
    const { id, name } = asked.content[0];
    expect(id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(name).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
    expect(answered.content[0].tool_use_id).toBe(id);
    expect(body).toMatchObject({ tools: [{ name }], tool_choice: { name } });
  });

  it('tells calls apart that a server numbered anew in every turn', () => {
    const round = [assistant(call('call_0')), user(result('call_0'))];
    const body = messages(foreign({ turns: [HI, ...round, ...round], tools: [GET] }));
    const ids = Array.isArray(body)
      ? body.flatMap(({ content }) =>
          content.map((one: { id?: string; tool_use_id?: string }) => one.id ?? one.tool_use_id),
        )
      : [];
    expect(ids).toEqual([undefined, 'call_0', 'call_0', 'call_0_2', 'call_0_2']);
  });

  it('sends arguments as objects, digit by digit, and names what is none', () => {
    const turns = [
      HI,
      assistant(
        call('a', 'get', '{"id":12345678901234567890}'),
        call('b', 'get', ''),
        call('c', 'get', '{"cut":'),
        call('d', 'get', '[1]'),
      ),
      user(result('a'), result('b'), result('c'), result('d')),
    ];
    const losses = new Losses();
    const sent = anthropicProvider.writeRequest(foreign({ turns, tools: [GET] }), target(), losses);
    expect(sent).toContain('"input":{"id":12345678901234567890}');
    expect(sent).toContain('"input":{}');
    expect(sent).toContain('"input":{"_raw_arguments":"{\\"cut\\":"}');
    expect(sent).toContain('"input":{"_raw_arguments":"[1]"}');
    expect(losses.codes).toEqual(['emulated:tool_calls']);
  });

  it('never sends empty text or empty messages', () => {
    const turns = [
      user(text('')),
      assistant(text(' \n'), text('')),
      user(text('Hi'), text('')),
      assistant(),
      user(text('there')),
    ];
    expect(messages(foreign({ turns }))).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'text', text: 'there' },
        ],
      },
    ]);
  });

  it('needs a message of the user', () => {
    expect(refused(foreign({ instructions: [{ role: 'system', text: 'x' }], turns: [] }))).toBe('messages');
    expect(refused(foreign({ turns: [user(text(' '))] }))).toBe('messages');
  });

  it('begins with the user', () => {
    const { body, losses } = written(foreign({ turns: [assistant(text('Hello!')), HI] }));
    expect(body['messages']).toMatchObject([
      { role: 'user', content: [{ text: '(empty)' }] },
      { role: 'assistant' },
      { role: 'user' },
    ]);
    expect(losses).toEqual(['emulated:messages']);
  });

  it('lets old models continue an answer, without its last blanks, and refuses it for the new ones', () => {
    const turns = [HI, assistant(text('The answer is \n'))];
    expect(messages(foreign({ turns }), 'claude-sonnet-4-5')).toMatchObject([
      {},
      { content: [{ text: 'The answer is' }] },
    ]);
    expect(refused(foreign({ turns }))).toBe('messages');
    expect(refused(foreign({ turns: [HI, assistant(call('a'))], tools: [GET] }), 'claude-sonnet-4-5')).toBe('messages');
  });

  it('continues an answer that paused', () => {
    const paused = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [{ type: 'server_tool_use', id: 's', name: 'web_search', input: {} }] },
    ];
    expect(written(called({ messages: paused })).body['messages']).toHaveLength(2);
  });

  it('keeps a message of the system in its place where model and place allow it', () => {
    const system: Turn = { role: 'developer', blocks: [{ type: 'text', text: 'Now in French.' }] };
    const placed = [HI, system, assistant(text('Oui.')), user(text('Encore'))];
    expect(written(foreign({ turns: placed }))).toMatchObject({
      body: { messages: [{}, { role: 'system' }, {}, {}] },
      losses: [],
    });
    const old = written(foreign({ turns: placed }), target('claude-opus-4-7'));
    expect(old).toMatchObject({
      body: { messages: [{ content: [{}, {}] }, {}, {}] },
      losses: ['emulated:system_message'],
    });
    const between = written(foreign({ turns: [HI, system, user(text('Encore'))] }));
    expect(written(foreign({ turns: placed }), target('claude-opus-4-8', { kind: 'vertex' })).losses).toEqual([
      'emulated:system_message',
    ]);
    expect(between).toMatchObject({
      body: { messages: [{ content: [{}, {}, {}] }] },
      losses: ['emulated:system_message'],
    });
  });

  it('sends thinking to those who signed it only', () => {
    const turns = [
      HI,
      assistant(
        { type: 'reasoning', text: ' kept ', signature: { value: 's', dialect: 'anthropic' } },
        { type: 'reasoning', text: '', redacted: { value: 'r', dialect: 'anthropic' } },
        { type: 'reasoning', text: 'foreign', signature: { value: 'g', dialect: 'gemini' } },
        { type: 'reasoning', text: 'unsigned' },
        { type: 'text', text: 'Yes', signature: { value: 'g', dialect: 'gemini' } },
      ),
      HI,
    ];
    const { body, losses } = written(foreign({ turns }));
    expect(body['messages']).toMatchObject([
      {},
      {
        content: [
          { type: 'thinking', thinking: ' kept ', signature: 's' },
          { type: 'redacted_thinking', data: 'r' },
          { type: 'text', text: 'Yes' },
        ],
      },
      {},
    ]);
    expect(losses).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
    const replayed = written(foreign({ turns }), target('deepseek-chat', { replaysReasoning: true })).body['messages'];
    expect(JSON.stringify(replayed)).toContain('"thinking":"unsigned","signature":""');
  });

  it('names what blocks of other vendors it drops', () => {
    const turns = [user(text('Hi'), { type: 'opaque', dialect: 'gemini', data: { type: 'executableCode' } })];
    const named = [user(text('Hi'), { type: 'opaque', dialect: 'gemini', data: { type: 'a b\r\nc' } })];
    expect(written(foreign({ turns })).losses).toEqual(['dropped:executableCode']);
    expect(written(foreign({ turns: named })).losses).toEqual(['dropped:messages']);
  });
});
