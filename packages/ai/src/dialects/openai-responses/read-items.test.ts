import { describe, expect, it } from 'vitest';
import type { Turn } from '../../canonical/chat-request.ts';
import { read } from './__fixtures__/contexts.ts';

const turns = (...input: readonly object[]): readonly Turn[] => read({ input }).turns;
const text = (said: string): object => ({ type: 'text', text: said });

describe('messages become turns', () => {
  it('of text, images, files and sound', () => {
    const content = [
      { type: 'input_text', text: 'Look', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
      { type: 'input_image', image_url: 'https://a.example/x.png', detail: 'high' },
      { type: 'input_image', image_url: 'data:image/PNG;charset=utf-8;base64,iVBO Rw0K' },
      { type: 'input_image', file_id: 'file_1' },
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
      { type: 'input_file', file_url: 'https://a.example/a.pdf', prompt_cache_breakpoint: { ttl: '12h' } },
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    ];
    expect(turns({ role: 'user', content })).toEqual([
      {
        role: 'user',
        blocks: [
          { type: 'text', text: 'Look', cache: { ttl: '30m' } },
          { type: 'media', kind: 'image', detail: 'high', source: { via: 'url', url: 'https://a.example/x.png' } },
          { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
          { type: 'media', kind: 'image', source: { via: 'file', id: 'file_1', dialect: 'openai-responses' } },
          {
            type: 'media',
            kind: 'document',
            mime: 'application/pdf',
            name: 'a.pdf',
            source: { via: 'base64', data: 'JVBERi0=' },
          },
          { type: 'media', kind: 'document', source: { via: 'url', url: 'https://a.example/a.pdf' }, cache: {} },
          { type: 'media', kind: 'audio', mime: 'audio/mpeg', source: { via: 'base64', data: 'AAAA' } },
        ],
      },
    ]);
  });

  it('of answers with citations and refusals, and their phase', () => {
    const annotation = { type: 'url_citation', url: 'https://a.example', title: 'A', start_index: 1, end_index: 2 };
    const content = [
      { type: 'output_text', text: 'So', annotations: [annotation] },
      { type: 'refusal', refusal: 'No.' },
    ];
    const message = { type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', phase: 'commentary' };
    expect(turns({ ...message, content })).toEqual([
      {
        role: 'assistant',
        phase: 'commentary',
        blocks: [
          {
            type: 'text',
            text: 'So',
            citations: [
              {
                url: 'https://a.example',
                title: 'A',
                start: 1,
                end: 2,
                raw: { dialect: 'openai-responses', data: annotation },
              },
            ],
          },
          { type: 'refusal', text: 'No.' },
        ],
      },
    ]);
  });

  it('not when they are empty', () => {
    const empty = [{ role: 'assistant', content: '' }, { role: 'user', content: [] }, { role: 'user' }];
    expect(turns(...empty, { role: 'user', content: [{ type: 'input_text', text: '' }, 'x'] })).toEqual([
      { role: 'user', blocks: [text('x')] },
    ]);
  });

  it('that stay where they are behind others, whatever their role', () => {
    const input = [
      { role: 'user', content: 'a' },
      { role: 'developer', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    expect(turns(...input).map(({ role }) => role)).toEqual(['user', 'developer', 'user']);
  });

  it('around parts that are not known, which stay in their place', () => {
    const part = { type: 'input_smell', smell: 'rose' };
    const content = [{ type: 'input_text', text: 'a' }, part, { type: 'input_text', text: 'b' }];
    const data = { type: 'message', role: 'user', content: [part] };
    expect(turns({ role: 'user', content })[0]?.blocks).toEqual([
      text('a'),
      { type: 'opaque', dialect: 'openai-responses', data },
      text('b'),
    ]);
  });
});

describe('calls and results become blocks', () => {
  it('of one turn each while they stand in a row', () => {
    const call = {
      type: 'function_call',
      id: 'fc_1',
      call_id: 'a',
      name: 'f',
      arguments: '{"n":12345678901234567890}',
    };
    const input = [
      { role: 'user', content: 'Go' },
      { role: 'assistant', content: 'Well' },
      call,
      { type: 'custom_tool_call', call_id: 'b', name: 'c', input: 'free' },
      { type: 'function_call_output', call_id: 'a', output: 'A' },
      { type: 'custom_tool_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'B' }] },
      { role: 'user', content: 'And?' },
    ];
    expect(turns(...input)).toEqual([
      { role: 'user', blocks: [text('Go')] },
      {
        role: 'assistant',
        blocks: [
          text('Well'),
          { type: 'tool_call', id: 'a', name: 'f', input: '{"n":12345678901234567890}', itemId: 'fc_1' },
          { type: 'tool_call', id: 'b', name: 'c', input: 'free', custom: true },
        ],
      },
      {
        role: 'user',
        blocks: [
          { type: 'tool_result', callId: 'a', content: [text('A')] },
          { type: 'tool_result', callId: 'b', content: [text('B')], custom: true },
        ],
      },
      { role: 'user', blocks: [text('And?')] },
    ]);
  });

  const inputs: Readonly<Record<string, readonly [unknown, string]>> = {
    'an object once made text': [{ a: 1 }, '{"a":1}'],
    'text that holds text as it is': ['"{\\"a\\":1}"', '"{\\"a\\":1}"'],
    'nothing as an empty object': ['', '{}'],
    'null as an empty object': [null, '{}'],
    'text that is no JSON as it is': ['{"a":', '{"a":'],
  };
  for (const [name, [said, input]] of Object.entries(inputs)) {
    it(`with ${name}`, () => {
      const call = { type: 'function_call', call_id: 'a', name: 'f', arguments: said };
      expect(turns(call)[0]?.blocks).toEqual([{ type: 'tool_call', id: 'a', name: 'f', input }]);
    });
  }

  it('with images in results', () => {
    const output = [
      { type: 'input_text', text: 'A picture:' },
      { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0K' },
    ];
    expect(turns({ type: 'function_call_output', call_id: 'a', output })[0]?.blocks).toEqual([
      {
        type: 'tool_result',
        callId: 'a',
        content: [
          text('A picture:'),
          { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'iVBORw0K' } },
        ],
      },
    ]);
  });

  it('with results of other kinds as their text', () => {
    expect(turns({ type: 'function_call_output', call_id: 'a', output: { ok: true } })[0]?.blocks).toEqual([
      { type: 'tool_result', callId: 'a', content: [text('{"ok":true}')] },
    ]);
  });

  it('so that a second message begins a second turn, because it has a phase of its own', () => {
    const input = [
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'E' },
      { role: 'assistant', content: 'Let me see.', phase: 'commentary' },
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      { role: 'assistant', content: 'Done.', phase: 'final_answer' },
    ];
    expect(turns(...input).map(({ phase, blocks }) => [phase, blocks.map(({ type }) => type)])).toEqual([
      ['commentary', ['reasoning', 'text', 'tool_call']],
      ['final_answer', ['text']],
    ]);
  });
});

describe('reasoning becomes blocks', () => {
  const summary = [
    { type: 'summary_text', text: ' One\n' },
    { type: 'summary_text', text: 'Two' },
  ];
  const signature = { value: 'rs_1#E', dialect: 'openai-responses' };
  const cases: Readonly<Record<string, readonly [object, readonly object[]]>> = {
    'that are redacted when there is no text': [
      { summary: [], encrypted_content: 'E' },
      [{ type: 'reasoning', text: '', redacted: signature, itemId: 'rs_1' }],
    ],
    'one for each part, untrimmed, the proof at the last': [
      { summary, encrypted_content: 'E' },
      [
        { type: 'reasoning', text: ' One\n', itemId: 'rs_1' },
        { type: 'reasoning', text: 'Two', itemId: 'rs_1', signature },
      ],
    ],
    'of its content': [
      { summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] },
      [{ type: 'reasoning', text: 'Hm', itemId: 'rs_1' }],
    ],
    'also when it only stands for what is stored': [
      { summary: [], encrypted_content: null },
      [{ type: 'opaque', dialect: 'openai-responses', data: expect.objectContaining({ id: 'rs_1' }) }],
    ],
  };
  for (const [name, [item, blocks]] of Object.entries(cases)) {
    it(name, () => expect(turns({ type: 'reasoning', id: 'rs_1', ...item })[0]?.blocks).toEqual(blocks));
  }
});

describe('items that only this dialect knows', () => {
  it('are opaque, on the side that they come from', () => {
    const input = [
      { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } },
      { type: 'computer_call_output', call_id: 'c', output: { type: 'computer_screenshot' } },
      { type: 'compaction', encrypted_content: 'E' },
    ];
    expect(turns(...input)).toEqual([
      { role: 'assistant', blocks: [{ type: 'opaque', dialect: 'openai-responses', data: input[0] }] },
      { role: 'user', blocks: [{ type: 'opaque', dialect: 'openai-responses', data: input[1] }] },
      { role: 'assistant', blocks: [{ type: 'opaque', dialect: 'openai-responses', data: input[2] }] },
    ]);
  });

  it('and refer to others are state, which no other vendor has', () => {
    const request = read({ input: [{ type: 'item_reference', id: 'msg_1' }] });
    expect(request.state).toEqual({ item_reference: ['msg_1'] });
    expect(request.turns[0]?.blocks[0]).toMatchObject({ type: 'opaque', data: { id: 'msg_1' } });
  });

  it('have members whose loss other dialects can name', () => {
    const input = [{ type: 'function_call', call_id: 'a', name: 'f', arguments: '{}', namespace: 'crm', status: 'x' }];
    expect(read({ input }).ext).toEqual({ 'openai-responses': { 'input.namespace': 'crm' } });
  });
});
