import { describe, expect, it } from 'vitest';
import type { ChatRequest, Turn } from '../../canonical/chat-request.ts';
import { foreign, targetOf, written } from '../chat-shaped/__fixtures__/contexts.ts';
import { cohereProvider } from './cohere-provider.ts';

const write = (members: Partial<ChatRequest> = {}, target = targetOf()): ReturnType<typeof written> =>
  written(cohereProvider, foreign(members), target);
const bodyOf = (members: object): object => ({
  model: 'their-model',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: false,
  ...members,
});

const call = { type: 'tool_call', id: 'c1', name: 'look', input: '{"a":1}' } as const;
const result = { type: 'tool_result', callId: 'c1', name: 'look', content: [{ type: 'text', text: '20' }] } as const;
const asked: Turn = { role: 'user', blocks: [{ type: 'text', text: 'Go' }] };

describe('messages to Cohere', () => {
  it('make text in front of calls their plan, as text beside calls is refused', () => {
    const { body, losses } = write({
      turns: [
        asked,
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: 'hm', signature: { value: 's', dialect: 'anthropic' } },
            { type: 'text', text: 'I look.' },
            call,
          ],
        },
        { role: 'user', blocks: [result, { type: 'text', text: 'And?' }] },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'Go' },
      {
        role: 'assistant',
        tool_plan: 'I look.',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a":1}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: '20' },
      { role: 'user', content: 'And?' },
    ]);
    expect(losses).toEqual(['dropped:reasoning', 'dropped:reasoning_signature']);
  });

  it('tell a model that thinks what it thought', () => {
    const turns: Turn[] = [
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: ' hm ' },
          { type: 'text', text: 'A' },
        ],
      },
      asked,
    ];
    const { body, losses } = write({ turns, reasoning: { mode: 'auto' } });
    expect(body['messages']).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: ' hm ' },
          { type: 'text', text: 'A' },
        ],
      },
      { role: 'user', content: 'Go' },
    ]);
    expect(losses).toEqual([]);
  });

  it('carry objects of tools as documents, errors with a mark, and images behind the results', () => {
    const image = { type: 'media', kind: 'image', source: { via: 'base64', data: 'iVBORw0KGgo=' } } as const;
    const second = { ...call, id: 'c2' };
    const { body, losses } = write({
      turns: [
        { role: 'assistant', blocks: [call, second, { ...call, id: 'c3' }] },
        {
          role: 'user',
          blocks: [
            { ...result, json: { t: 20 } },
            { ...result, callId: 'c2', isError: true, json: { t: 1 } },
            { ...result, callId: 'c3', content: [image] },
          ],
        },
      ],
    });
    expect(body['messages']).toMatchObject([
      {},
      { tool_call_id: 'c1', content: [{ type: 'document', document: { data: { t: 20 } } }] },
      { tool_call_id: 'c2', content: 'Error:\n20' },
      { tool_call_id: 'c3', content: expect.stringContaining('image 1') },
      {
        role: 'user',
        content: [{ type: 'text' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }],
      },
    ]);
    expect(losses).toEqual(['emulated:is_error', 'emulated:tool_result_media']);
  });

  it('put documents on the shelf, or into words where there is no shelf', () => {
    const document = {
      type: 'media',
      kind: 'document',
      title: 'T',
      source: { via: 'base64', data: Buffer.from('wörds').toString('base64') },
      mime: 'text/markdown',
    } as const;
    const turns = [{ role: 'user', blocks: [document, { type: 'text', text: 'What?' }] }] as const;
    const shelved = write({ turns });
    expect(shelved.body).toEqual(
      bodyOf({ messages: [{ role: 'user', content: 'What?' }], documents: [{ data: { title: 'T', text: 'wörds' } }] }),
    );
    expect(shelved.losses).toEqual(['emulated:document']);
    const told = '<document title="T">\nwörds\n</document>';
    const inWords = write({ turns, output: { format: { kind: 'json' } } });
    expect(inWords.body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: told },
          { type: 'text', text: 'What?' },
        ],
      },
    ]);
    expect(write({ turns: [{ role: 'user', blocks: [document] }] }).body['messages']).toEqual([
      { role: 'user', content: told },
    ]);
  });
});
