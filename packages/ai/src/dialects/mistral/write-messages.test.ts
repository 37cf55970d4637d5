import { describe, expect, it } from 'vitest';
import type { ChatRequest, MediaBlock, Turn } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { readRequest } from '../openai-chat/read-request.ts';
import { asJson, foreign, NO_FACTS, targetOf, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { mistralProvider } from './mistral-provider.ts';

const write = (members: Partial<ChatRequest> = {}, target = targetOf()): ReturnType<typeof written> =>
  written(mistralProvider, foreign(members), target);

const messagesOf = (turns: readonly Turn[], members: Partial<ChatRequest> = {}): unknown =>
  write({ turns, ...members }).body['messages'];

const user = (text: string): Turn => ({ role: 'user', blocks: [{ type: 'text', text }] });
const call = { type: 'tool_call', id: 'call_0fypS1hVX', name: 'get weather!', input: '{"city":"Ulm"}' } as const;
const result = {
  type: 'tool_result',
  callId: call.id,
  name: call.name,
  content: [{ type: 'text', text: '20 °C' }],
} as const;

describe('messages to Mistral', () => {
  it('gives calls ids of nine letters, in results, too, and tools names that are taken', () => {
    const messages = messagesOf([
      user('Weather?'),
      { role: 'assistant', blocks: [{ type: 'text', text: 'I look.' }, call] },
      { role: 'user', blocks: [result] },
    ]);
    const id = expect.stringMatching(/^[A-Za-z0-9]{9}$/);
    const name = expect.stringMatching(/^get_weather_\w+$/);
    expect(messages).toEqual([
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id, type: 'function', function: { name, arguments: '{"city":"Ulm"}' } }],
      },
      { role: 'tool', tool_call_id: id, name, content: '20 °C' },
    ]);
    const own = { ...call, id: 'D681PevKs', name: 'weather' };
    expect(
      messagesOf([
        { role: 'assistant', blocks: [own] },
        { role: 'user', blocks: [{ ...result, callId: own.id }] },
      ]),
    ).toMatchObject([
      { tool_calls: [{ id: 'D681PevKs', function: { name: 'weather' } }] },
      { tool_call_id: 'D681PevKs' },
    ]);
  });

  it('names the tools that results come from', () => {
    const own = { ...call, id: 'D681PevKs', name: 'weather' };
    const nameless = { type: 'tool_result', callId: own.id, content: [] } as const;
    const turns: Turn[] = [
      { role: 'assistant', blocks: [own] },
      { role: 'user', blocks: [nameless] },
    ];
    expect(messagesOf(turns)).toMatchObject([{}, { role: 'tool', name: 'weather', content: '' }]);
  });

  it('lets the assistant speak between results and whoever comes next', () => {
    const { body, losses } = write({
      turns: [
        { role: 'assistant', blocks: [call] },
        { role: 'user', blocks: [result, { type: 'text', text: 'And now?' }] },
      ],
    });
    expect(body['messages']).toMatchObject([
      { role: 'assistant', content: '' },
      { role: 'tool' },
      { role: 'assistant', content: 'OK.' },
      { role: 'user', content: 'And now?' },
    ]);
    expect(losses).toEqual(['emulated:messages']);
  });

  it('continues a last word of the assistant, and leaves out what says nothing', () => {
    const begun: Turn = {
      role: 'assistant',
      blocks: [
        { type: 'text', text: 'Once' },
        { type: 'opaque', dialect: 'openai-chat', data: { prefix: true, audio: {} } },
      ],
    };
    const { body, losses } = write({
      instructions: [
        { role: 'system', text: 'One.' },
        { role: 'system', text: ' ' },
        { role: 'system', text: 'Two.' },
      ],
      turns: [user(' '), user('Tell.'), { role: 'assistant', blocks: [] }, begun],
    });
    expect(body['messages']).toEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.' },
        ],
      },
      { role: 'user', content: 'Tell.' },
      { role: 'assistant', content: 'Once', prefix: true },
    ]);
    expect(losses).toEqual(['dropped:audio']);
  });

  it('keeps later instructions where they stand', () => {
    expect(
      messagesOf([user('A'), { role: 'developer', blocks: [{ type: 'text', text: 'Be kind.' }] }, user('B')]),
    ).toEqual([
      { role: 'user', content: 'A' },
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'B' },
    ]);
  });

  it('marks failed results, adds missing ones and sends what was no JSON as it is', () => {
    const other = { ...call, id: 'b', name: 'other', input: '{"broken' };
    const empty = { ...call, id: 'c', name: 'none', input: ' ' };
    const custom = { ...call, id: 'd', name: 'free', input: 'x', custom: true } as const;
    const { body, losses } = write({
      turns: [
        { role: 'assistant', blocks: [call, other, empty, custom] },
        { role: 'user', blocks: [{ ...result, isError: true }] },
      ],
    });
    expect(body['messages']).toMatchObject([
      {
        tool_calls: [
          {},
          { function: { arguments: '{"broken' } },
          { function: { arguments: '{}' } },
          { function: { arguments: '{"input":"x"}' } },
        ],
      },
      { role: 'tool', content: 'Error:\n20 °C' },
      { role: 'tool', content: 'Error:\nno result provided' },
      { role: 'tool' },
      { role: 'tool' },
    ]);
    expect(losses).toEqual(['emulated:is_error', 'emulated:tool_result']);
  });

  it('tells a model of its thoughts, and of nobody else’s proof', () => {
    const turn: Turn = {
      role: 'assistant',
      blocks: [
        { type: 'reasoning', text: ' hm ' },
        { type: 'reasoning', text: 'own', signature: { value: 's1', dialect: 'mistral' } },
        { type: 'reasoning', text: 'foreign', signature: { value: 's2', dialect: 'anthropic' } },
        { type: 'reasoning', text: '', redacted: { value: 's3', dialect: 'anthropic' } },
        { type: 'text', text: 'Yes', signature: { value: 's4', dialect: 'gemini' } },
        { ...call, signature: { value: 's5', dialect: 'gemini' } },
      ],
    };
    const turns = [turn, { role: 'user', blocks: [result] } as const];
    const thinking = write({ turns, reasoning: { mode: 'auto' } });
    const texts = (text: string): object => ({ type: 'thinking', thinking: [{ type: 'text', text }] });
    expect(thinking.body['messages']).toMatchObject([
      {
        content: [texts(' hm '), { ...texts('own'), signature: 's1' }, texts('foreign'), { type: 'text', text: 'Yes' }],
      },
      {},
    ]);
    expect(JSON.stringify(thinking.body)).not.toMatch(/s[2345]/);
    expect(thinking.losses).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
    const other = write({ turns });
    expect(other.body['messages']).toMatchObject([{ content: [{ signature: 's1' }, { type: 'text' }] }, {}]);
  });

  const media = (block: Partial<MediaBlock>): MediaBlock => ({
    type: 'media',
    kind: 'image',
    source: { via: 'url', url: 'https://a.test/x' },
    ...block,
  });
  const png = { via: 'base64', data: 'iVBORw0KGgo=' } as const;

  it.each<[string, MediaBlock, object, readonly string[]]>([
    ['an address', media({}), { type: 'image_url', image_url: 'https://a.test/x' }, []],
    [
      'an image in the request, whatever it is said to be',
      media({ source: png, mime: 'image/jpeg', detail: 'low' }),
      { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' } },
      [],
    ],
    [
      'sound',
      media({ kind: 'audio', source: { via: 'base64', data: 'AAAA' } }),
      { type: 'input_audio', input_audio: 'AAAA' },
      [],
    ],
    [
      'a document at an address',
      media({ kind: 'document', title: 'T', context: 'c', citations: true }),
      { type: 'document_url', document_url: 'https://a.test/x', document_name: 'T' },
      ['dropped:citations', 'dropped:context'],
    ],
    [
      'a document of text',
      media({ kind: 'document', title: 'T', source: { via: 'text', text: 'words' } }),
      { type: 'text', text: '<document title="T">\nwords\n</document>' },
      ['emulated:document'],
    ],
    [
      'a PDF',
      media({ kind: 'document', source: { via: 'base64', data: 'JVBERi0xLjc=' } }),
      { type: 'document_url', document_url: 'data:application/pdf;base64,JVBERi0xLjc=' },
      [],
    ],
    [
      'a file of its own',
      media({ source: { via: 'file', id: 'f', dialect: 'mistral' } }),
      { type: 'file', file_id: 'f' },
      [],
    ],
  ])('shows %s', (_, block, part, losses) => {
    const shown = write({ turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Look' }, block] }] });
    expect(shown.body['messages']).toEqual([{ role: 'user', content: [{ type: 'text', text: 'Look' }, part] }]);
    expect(shown.losses).toEqual(losses);
  });

  it('shows images of results where they stand, and never as text', () => {
    const content = [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, media({ source: png })] as const;
    expect(
      messagesOf([
        { role: 'assistant', blocks: [call] },
        { role: 'user', blocks: [{ ...result, content }] },
      ]),
    ).toMatchObject([{}, { role: 'tool', content: [{ type: 'text', text: 'a\nb' }, { type: 'image_url' }] }]);
  });

  it.each<[string, MediaBlock]>([
    ['film', media({ kind: 'video' })],
    ["a file of another vendor's store", media({ source: { via: 'file', id: 'f', dialect: 'anthropic' } })],
  ])('refuses %s', (_, block) => {
    expect(() => messagesOf([{ role: 'user', blocks: [block] }])).toThrow(Untranslatable);
  });

  it('passes parts on that only Mistral knows', () => {
    const request = readRequest(
      asJson({
        model: 'm',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'document_url', document_url: 'https://a.test/d' },
              { type: 'odd', x: 1 },
            ],
          },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
              { type: 'text', text: 'A' },
            ],
          },
          { role: 'user', content: 'And?' },
        ],
      }),
      NO_FACTS,
    );
    const { body, losses } = written(mistralProvider, request);
    expect(body['messages']).toEqual([
      { role: 'user', content: [{ type: 'document_url', document_url: 'https://a.test/d' }] },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'A' },
        ],
      },
      { role: 'user', content: 'And?' },
    ]);
    expect(losses).toEqual(['dropped:odd']);
  });
});
