import { describe, expect, it } from 'vitest';
import { sealSignature } from '../../canonical/signatures.ts';
import { blocksOf, hello, readMessages } from './__fixtures__/read-call.ts';

describe('readRequest, of messages', () => {
  it('takes what stands in front for instructions and leaves later ones in their place (T40)', () => {
    const { instructions, turns } = readMessages(
      { role: 'system', content: 'Be brief.' },
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'No jokes.' },
          { type: 'text', text: 'No verse.' },
        ],
      },
      { role: 'system', content: '' },
      hello,
      { role: 'system', content: 'Now be long.' },
    );
    expect(instructions).toEqual([
      { role: 'system', text: 'Be brief.' },
      { role: 'developer', text: 'No jokes.' },
      { role: 'developer', text: 'No verse.' },
    ]);
    expect(turns.map(({ role }) => role)).toEqual(['user', 'system']);
  });

  it('takes a call of instructions only', () => {
    expect(readMessages({ role: 'system', content: 'Say something.' }).turns).toEqual([]);
  });

  it('reads each kind of part', () => {
    expect(
      blocksOf({
        role: 'user',
        content: [
          'bare',
          { type: 'text', text: 'T' },
          { type: 'text', text: '' },
          { type: 'image_url', image_url: { url: 'https://example.org/a.png', detail: 'low' } },
          { type: 'image_url', image_url: 'https://example.org/b.png' },
          { type: 'image_url', image_url: { url: 'DATA:image/PNG;charset=utf-8;base64,iVBO Rw0K' } },
          { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBERi0=', filename: 'a.pdf' } },
          { type: 'file', file: { file_data: 'JVBERi0=' } },
          { type: 'file', file: { file_data: 'data:image/png;base64,iVBORw0K' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'document_url', document_url: 'data:application/pdf;base64,JVBERi0=', document_name: 'b.pdf' },
          { type: 'video_url', video_url: { url: 'https://example.org/a.mp4' } },
          { type: 'hologram', hologram: { url: 'x' } },
        ],
      }),
    ).toEqual([
      { type: 'text', text: 'bare' },
      { type: 'text', text: 'T' },
      { type: 'media', kind: 'image', detail: 'low', source: { via: 'url', url: 'https://example.org/a.png' } },
      { type: 'media', kind: 'image', source: { via: 'url', url: 'https://example.org/b.png' } },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
      { type: 'media', kind: 'audio', mime: 'audio/mpeg', source: { via: 'base64', data: 'QUJD' } },
      {
        type: 'media',
        kind: 'document',
        mime: 'application/pdf',
        name: 'a.pdf',
        source: { via: 'base64', data: 'JVBERi0=' },
      },
      { type: 'media', kind: 'document', source: { via: 'base64', data: 'JVBERi0=' } },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
      { type: 'media', kind: 'document', source: { via: 'file', id: 'file-1', dialect: 'openai-chat' } },
      {
        type: 'media',
        kind: 'document',
        mime: 'application/pdf',
        name: 'b.pdf',
        source: { via: 'base64', data: 'JVBERi0=' },
      },
      { type: 'media', kind: 'video', source: { via: 'url', url: 'https://example.org/a.mp4' } },
      { type: 'opaque', dialect: 'openai-chat', data: { type: 'hologram', hologram: { url: 'x' } } },
    ]);
  });

  it('reads marks of what is worth caching, on parts, on messages and in two vocabularies', () => {
    const { instructions, turns } = readMessages(
      { role: 'system', content: [{ type: 'text', text: 'S', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'user',
        content: [{ type: 'text', text: 'A', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }],
      },
      { role: 'user', content: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } },
      {
        role: 'user',
        content: [{ type: 'text', text: 'C', prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } }],
      },
    );
    expect(instructions).toEqual([{ role: 'system', text: 'S', cache: {} }]);
    expect(turns.flatMap(({ blocks }) => blocks)).toEqual([
      { type: 'text', text: 'A', cache: { ttl: '30m' } },
      { type: 'text', text: 'B', cache: { ttl: '1h' } },
      { type: 'text', text: 'C', cache: { ttl: '1h' } },
    ]);
  });

  it('reads calls and results, whatever content stands beside them (T10)', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } };
    for (const content of [null, '', undefined]) {
      const { turns } = readMessages(
        hello,
        { role: 'assistant', content, tool_calls: [call, { ...call, id: 'c2' }] },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
        hello,
      );
      expect(turns.map(({ role, blocks }) => [role, blocks.length])).toEqual([
        ['user', 1],
        ['assistant', 2],
        ['user', 2],
        ['user', 1],
      ]);
      expect(turns[1]?.blocks[0]).toEqual({ type: 'tool_call', id: 'c1', name: 'f', input: '{"a": 1}' });
      expect(turns[2]?.blocks[1]).toEqual({
        type: 'tool_result',
        callId: 'c2',
        name: 'f',
        content: [{ type: 'text', text: 'two' }],
      });
    }
  });

  it.each([
    ['', '{}'],
    [null, '{}'],
    [undefined, '{}'],
    [{ a: 1 }, '{"a":1}'],
    ['{"cut":', '{"cut":'],
    ['"{\\"a\\":1}"', '"{\\"a\\":1}"'],
  ])('keeps arguments %j as %s (T5, T6)', (given, input) => {
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: given } };
    expect(blocksOf(hello, { role: 'assistant', tool_calls: [call] })).toContainEqual({
      type: 'tool_call',
      id: 'c',
      name: 'f',
      input,
    });
  });

  it('reads calls of free-text tools and their results', () => {
    expect(
      blocksOf(
        { role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'shell', input: 'ls -l' } }] },
        { role: 'tool', tool_call_id: 'c', content: '' },
      ),
    ).toEqual([
      { type: 'tool_call', id: 'c', name: 'shell', input: 'ls -l', custom: true },
      { type: 'tool_result', callId: 'c', name: 'shell', custom: true, content: [] },
    ]);
  });

  it('gives ids to the calls of old', () => {
    expect(
      blocksOf(
        hello,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'done' },
      ).slice(1),
    ).toEqual([
      { type: 'tool_call', id: 'call_function_1', name: 'f', input: '{}' },
      { type: 'tool_result', callId: 'call_function_1', name: 'f', content: [{ type: 'text', text: 'done' }] },
    ]);
  });

  it('keeps pictures in results (T13), and what it does not know as text', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } },
      { type: 'table', rows: [1] },
    ];
    const tool_calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    expect(blocksOf({ role: 'assistant', tool_calls }, { role: 'tool', tool_call_id: 'c', content })[1]).toMatchObject({
      content: [
        { type: 'media', kind: 'image' },
        { type: 'text', text: '{"type":"table","rows":[1]}' },
      ],
    });
  });

  it('drops messages that say nothing (T41)', () => {
    const { turns } = readMessages(hello, { role: 'assistant', content: null }, { role: 'user', content: [] }, hello);
    expect(turns).toHaveLength(2);
  });

  it('keeps names, refusals, pictures, citations and what only vendors of this dialect know', () => {
    const { turns, ext } = readMessages(
      { ...hello, name: 'ann' },
      {
        role: 'assistant',
        name: 'bot',
        content: [
          { type: 'text', text: 'No. ' },
          { type: 'refusal', refusal: 'I cannot.' },
        ],
        refusal: 'Really not.',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://a.org', title: 'A', start_index: 0, end_index: 2 } },
        ],
        images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0K' } }],
        audio: { id: 'audio_1' },
        prefix: true,
        partial: false,
        mood: 'bad',
      },
    );
    expect(turns).toEqual([
      { role: 'user', name: 'ann', blocks: [{ type: 'text', text: 'Hello' }] },
      {
        role: 'assistant',
        name: 'bot',
        blocks: [
          { type: 'text', text: 'No. ', citations: [{ url: 'https://a.org', title: 'A', start: 0, end: 2 }] },
          { type: 'refusal', text: 'I cannot.' },
          { type: 'refusal', text: 'Really not.' },
          { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
          { type: 'opaque', dialect: 'openai-chat', data: { audio: { id: 'audio_1' }, prefix: true } },
        ],
      },
    ]);
    expect(ext).toEqual({ 'openai-chat': { 'messages.mood': 'bad' } });
  });
});

describe('readRequest, of earlier reasoning', () => {
  const anthropic = { value: 'sig+/=', dialect: 'anthropic' } as const;
  const sealed = sealSignature(anthropic, 'openai-chat');
  const reasoningOf = (message: object) =>
    blocksOf(hello, { role: 'assistant', content: 'Yes.', ...message }).filter(({ type }) => type === 'reasoning');

  it('reads bare text under either name, and never both', () => {
    expect(reasoningOf({ reasoning_content: ' Hm ' })).toEqual([{ type: 'reasoning', text: ' Hm ' }]);
    expect(reasoningOf({ reasoning: 'Hm' })).toEqual([{ type: 'reasoning', text: 'Hm' }]);
    expect(reasoningOf({ reasoning_content: 'A', reasoning: 'B' })).toEqual([{ type: 'reasoning', text: 'A' }]);
  });

  it('prefers entries to text, opens their envelopes and keeps signatures without text (T17, T18)', () => {
    const reasoning_details = [
      { type: 'reasoning.text', text: ' a ', signature: sealed, format: 'anthropic', index: 0 },
      { type: 'reasoning.text', text: '', signature: sealed, format: 'anthropic', index: 1 },
      { type: 'reasoning.encrypted', data: sealed, format: 'anthropic', index: 2 },
    ];
    expect(reasoningOf({ reasoning_content: 'the last fragment', reasoning_details })).toEqual([
      { type: 'reasoning', text: ' a ', signature: anthropic },
      { type: 'reasoning', text: '', signature: anthropic },
      { type: 'reasoning', text: '', redacted: anthropic },
    ]);
  });

  it('takes entries that were gathered twice once', () => {
    const entry = { type: 'reasoning.text', text: 'a', signature: sealed, index: 0 };
    expect(reasoningOf({ reasoning_details: [entry, entry, { ...entry, text: 'b', index: 1 }] })).toHaveLength(2);
  });

  it('puts reasoning back between the calls that it stood between', () => {
    const tool_calls = ['x', 'y'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } }));
    const reasoning_details = [0, 2].map((index) => ({
      type: 'reasoning.text',
      text: `r${index}`,
      signature: sealed,
      index,
    }));
    const blocks = blocksOf(hello, { role: 'assistant', content: null, tool_calls, reasoning_details });
    expect(blocks.slice(1).map((block) => ('id' in block ? block.id : 'text' in block && block.text))).toEqual([
      'r0',
      'x',
      'r2',
      'y',
    ]);
  });

  it('knows signatures in the place that Google has for them, bare or in an envelope', () => {
    const google = (thought_signature: string): object => ({ extra_content: { google: { thought_signature } } });
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const calls = [
      { ...call, ...google('bare') },
      { ...call, ...google(sealSignature(anthropic, 'gemini')) },
    ];
    const blocks = blocksOf(hello, { role: 'assistant', content: 'T', tool_calls: calls, ...google('text') });
    expect(blocks.slice(1).map((block) => 'signature' in block && block.signature)).toEqual([
      { value: 'text', dialect: 'gemini' },
      { value: 'bare', dialect: 'gemini' },
      anthropic,
    ]);
  });
});
