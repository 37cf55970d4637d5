import { describe, expect, it } from 'vitest';
import type { Block } from '../../canonical/chat-request.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { assistant, foreign, hello, own, text, user, write } from './__fixtures__/write-call.ts';

describe('writeRequest, of content', () => {
  const base64 = (data: string, mime: string) => ({ mime, source: { via: 'base64', data } }) as const;

  it('writes each kind of media', () => {
    const { messages, losses } = write(
      foreign({
        turns: [
          user(
            text('See'),
            { type: 'media', kind: 'image', detail: 'low', source: { via: 'url', url: 'https://a.org/a.png' } },
            { type: 'media', kind: 'image', detail: 'ultra', ...base64('iVBORw0KGgo=', 'image/jpeg') },
            { type: 'media', kind: 'audio', ...base64('UklGRgAAAABXQVZF', 'audio/x-wav') },
            { type: 'media', kind: 'document', title: 'A title', ...base64('JVBERi0=', 'application/pdf') },
            { type: 'media', kind: 'document', name: 'a.txt', ...base64('aGVsbG8=', 'text/plain') },
            { type: 'media', kind: 'document', source: { via: 'file', id: 'file-1', dialect: 'openai-responses' } },
            { type: 'media', kind: 'document', title: 'T', context: 'C', source: { via: 'text', text: 'plain' } },
          ),
        ],
      }),
    );
    expect(messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'See' },
          { type: 'image_url', image_url: { url: 'https://a.org/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
          { type: 'input_audio', input_audio: { data: 'UklGRgAAAABXQVZF', format: 'wav' } },
          { type: 'file', file: { filename: 'A title', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aGVsbG8=' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'text', text: '<document title="T" about="C">\nplain\n</document>' },
        ],
      },
    ]);
    expect(losses).toEqual(['dropped:detail', 'emulated:document']);
  });

  it('writes films where the vendor takes them', () => {
    const turns = [user({ type: 'media', kind: 'video', source: { via: 'url', url: 'https://a.org/a.mp4' } })];
    expect(write(foreign({ turns }), { takes: ['video_url'] }).messages).toEqual([
      { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://a.org/a.mp4' } }] },
    ]);
  });

  it('puts results behind their calls, in order, and the text behind them (T12)', () => {
    const call = (id: string): Block => ({ type: 'tool_call', id, name: 'f', input: '' });
    const result = (callId: string, said: string): Block => ({
      type: 'tool_result',
      callId,
      content: [{ type: 'text', text: said }],
    });
    const turns = [
      user(text('Q')),
      assistant(text('Before.'), call('a'), call('b'), text(' Behind.')),
      user(result('b', 'B')),
      user(text('And?'), result('a', 'A')),
    ];
    expect(write(foreign({ turns })).messages).toEqual([
      { role: 'user', content: 'Q' },
      {
        role: 'assistant',
        content: 'Before. Behind.',
        tool_calls: ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
      },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'user', content: 'And?' },
    ]);
  });

  it('gives calls without a result one that says so, and marks errors', () => {
    const turns = [
      assistant(
        { type: 'tool_call', id: 'a', name: 'f', input: '{"cut":' },
        { type: 'tool_call', id: 'b', name: 'f', input: '{}' },
      ),
      user({ type: 'tool_result', callId: 'a', isError: true, content: [] }, text('Go on')),
    ];
    expect(write(foreign({ turns }))).toMatchObject({
      messages: [
        { content: null, tool_calls: [{ function: { arguments: '{"cut":' } }, {}] },
        { role: 'tool', tool_call_id: 'a', content: 'Error' },
        { role: 'tool', tool_call_id: 'b', content: 'Error: no result provided' },
        { role: 'user', content: 'Go on' },
      ],
      losses: ['emulated:is_error', 'emulated:tool_result'],
    });
  });

  it('moves pictures out of results, which are text (T13)', () => {
    const picture = { type: 'media', kind: 'image', ...base64('iVBORw0KGgo=', 'image/png') } as const;
    const turns = [
      assistant({ type: 'tool_call', id: 'a', name: 'f', input: '{}' }),
      user({ type: 'tool_result', callId: 'a', content: [{ type: 'text', text: 'Here:' }, picture] }),
    ];
    const { messages, losses } = write(foreign({ turns }));
    expect(messages).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', content: 'Here:\n[image 1: shown behind the results]' },
      { role: 'user', content: [{ type: 'text' }, { type: 'image_url' }] },
    ]);
    expect(JSON.stringify(messages[1])).not.toContain('iVBOR');
    expect(losses).toEqual(['emulated:tool_result_media']);
  });

  it('keeps the parts of results for those who spoke this dialect', () => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const content = ['A', 'B'].map((said) => ({ type: 'text', text: said }));
    const messages = [
      { role: 'assistant', content: null, tool_calls },
      { role: 'tool', tool_call_id: 'a', content },
    ];
    expect(write(own({ messages })).messages).toEqual(messages);
  });

  it('maps ids and names that the vendor would refuse, in calls and results alike', () => {
    const id = 'x'.repeat(60);
    const turns = [
      assistant({ type: 'tool_call', id, name: 'my.tool', input: '{}' }),
      user({ type: 'tool_result', callId: id, content: [] }),
    ];
    const { messages, body } = write(
      foreign({
        turns,
        tools: [{ kind: 'function', name: 'my.tool' }],
        toolChoice: { mode: 'named', name: 'my.tool' },
      }),
    );
    const call = fieldsOf(listOf(fieldsOf(messages[0])?.['tool_calls'])?.[0]);
    const name = fieldsOf(call?.['function'])?.['name'];
    expect(call?.['id']).toMatch(/^.{1,40}$/);
    expect(fieldsOf(messages[1])?.['tool_call_id']).toBe(call?.['id']);
    expect(name).toMatch(/^[\w-]{1,64}$/);
    expect(body).toMatchObject({ tools: [{ function: { name } }], tool_choice: { function: { name } } });
  });

  it('writes refusals, and as text where the vendor knows none', () => {
    const turns = [assistant({ type: 'refusal', text: 'No.' }), user(text('Why?'))];
    expect(write(foreign({ turns })).messages[0]).toEqual({ role: 'assistant', content: null, refusal: 'No.' });
    expect(write(foreign({ turns }), { drops: ['refusal'] }).messages[0]).toEqual({
      role: 'assistant',
      content: 'No.',
    });
  });

  it('names what an assistant said that nobody can hear again', () => {
    const turns = [
      assistant(
        { type: 'text', text: 'T', citations: [{ url: 'https://a.org' }] },
        { type: 'media', kind: 'image', ...base64('iVBORw0KGgo=', 'image/png') },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'bad\r\nheader' } },
      ),
      { ...user(text('Go on')), phase: 'commentary' },
    ];
    expect(write(foreign({ turns }))).toEqual({
      body: expect.anything(),
      messages: [
        { role: 'assistant', content: 'T' },
        { role: 'user', content: 'Go on' },
      ],
      losses: ['dropped:citations', 'dropped:image', 'dropped:opaque', 'dropped:phase', 'dropped:server_tool_use'],
    });
  });

  it('says that an answer which was begun will not be gone on with, unless the caller marked it', () => {
    expect(write(foreign({ turns: [user(text('Q')), assistant(text('The answer is'))] })).losses).toEqual([
      'dropped:prefill',
    ]);
    const marked = own({ messages: [hello, { role: 'assistant', content: 'The answer is', prefix: true }] });
    expect(write(marked)).toMatchObject({
      losses: [],
      messages: [hello, { role: 'assistant', content: 'The answer is', prefix: true }],
    });
  });
});
