import { describe, expect, it } from 'vitest';
import type { Block, Turn } from '../../canonical/chat-request.ts';
import { foreign } from './__fixtures__/contexts.ts';
import { write } from './__fixtures__/write.ts';

const HELLO: Turn = { role: 'user', blocks: [{ type: 'text', text: 'Hello' }] };
const input = (turns: readonly Turn[]): unknown => write(foreign({ turns })).body['input'];

describe('a conversation of another dialect', () => {
  const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks });
  const assistant = (...blocks: readonly Block[]): Turn => ({ role: 'assistant', blocks });

  it('brings images and documents', () => {
    const turn = user(
      { type: 'text', text: 'Look' },
      { type: 'media', kind: 'image', mime: 'image/gif', source: { via: 'base64', data: 'iVBORw0KGgo=' } },
      { type: 'media', kind: 'image', detail: 'low', source: { via: 'url', url: 'https://a.example/i' } },
      { type: 'media', kind: 'document', mime: 'application/pdf', source: { via: 'base64', data: 'JVBERi0=' } },
      { type: 'media', kind: 'document', name: 'n', source: { via: 'url', url: 'https://a.example/d' } },
      { type: 'media', kind: 'image', source: { via: 'file', id: 'file_1', dialect: 'openai-chat' } },
    );
    expect(input([turn])).toEqual([
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look' },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
          { type: 'input_image', detail: 'low', image_url: 'https://a.example/i' },
          { type: 'input_file', filename: 'document.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
          { type: 'input_file', file_url: 'https://a.example/d', filename: 'n' },
          { type: 'input_image', detail: 'auto', file_id: 'file_1' },
        ],
      },
    ]);
  });

  it('brings documents of text as text', () => {
    const block: Block = { type: 'media', kind: 'document', title: 'T', source: { via: 'text', text: 'Body' } };
    const { body, losses } = write(foreign({ turns: [user(block)] }));
    expect(body['input']).toEqual([{ type: 'message', role: 'user', content: 'T\n\nBody' }]);
    expect(losses).toEqual(['emulated:document']);
  });

  it('brings calls and results, with images in them, in the order of the calls', () => {
    const turns = [
      HELLO,
      assistant(
        { type: 'text', text: 'Well' },
        { type: 'tool_call', id: 'a.b', name: 'f.g', input: '' },
        { type: 'tool_call', id: 'c', name: 'free', input: 'x', custom: true },
      ),
      user(
        { type: 'text', text: 'And?' },
        { type: 'tool_result', callId: 'c', content: [] },
        {
          type: 'tool_result',
          callId: 'a.b',
          content: [
            { type: 'text', text: 'Here' },
            { type: 'media', kind: 'image', source: { via: 'base64', data: 'iVBORw0KGgo=' } },
          ],
        },
      ),
    ];
    const { body } = write(foreign({ turns, tools: [{ kind: 'function', name: 'f.g' }] }));
    const name = expect.stringMatching(/^f_g_\w+$/);
    const id = expect.stringMatching(/^a_b_\w+$/);
    expect(body['tools']).toMatchObject([{ name }]);
    expect(body['input']).toEqual([
      { type: 'message', role: 'user', content: 'Hello' },
      { type: 'message', role: 'assistant', content: 'Well' },
      { type: 'function_call', call_id: id, name, arguments: '{}' },
      { type: 'custom_tool_call', call_id: 'c', name: 'free', input: 'x' },
      {
        type: 'function_call_output',
        call_id: id,
        output: [
          { type: 'input_text', text: 'Here' },
          { type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
        ],
      },
      { type: 'custom_tool_call_output', call_id: 'c', output: '' },
      { type: 'message', role: 'user', content: 'And?' },
    ]);
  });

  it('says in words that a result is an error', () => {
    const call: Block = { type: 'tool_call', id: 'a', name: 'f', input: '{}' };
    const result: Block = { type: 'tool_result', callId: 'a', isError: true, content: [{ type: 'text', text: 'no' }] };
    const { body, losses } = write(foreign({ turns: [HELLO, assistant(call), user(result)] }));
    expect(body['input']).toMatchObject([{}, {}, { output: 'Error: no' }]);
    expect(losses).toEqual(['emulated:is_error']);
  });

  it('has its turns of instructions in their place', () => {
    expect(input([HELLO, { role: 'system', blocks: [{ type: 'text', text: 'Now rhyme.' }] }, HELLO])).toMatchObject([
      { role: 'user' },
      { role: 'system', content: 'Now rhyme.' },
      { role: 'user' },
    ]);
  });

  it('leaves empty text out', () => {
    expect(input([HELLO, assistant({ type: 'text', text: ' ' }), HELLO])).toHaveLength(2);
  });

  it('has refusals as such', () => {
    expect(input([HELLO, assistant({ type: 'refusal', text: 'No.' }), HELLO])).toMatchObject([
      {},
      { content: [{ type: 'refusal', refusal: 'No.' }] },
      {},
    ]);
  });

  it('loses what an answer cannot hold here, and says so', () => {
    const turns = [
      HELLO,
      assistant(
        { type: 'media', kind: 'image', source: { via: 'base64', data: 'AAAA' } },
        { type: 'text', text: 'See', citations: [{ url: 'https://a.example' }], cache: {} },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } },
      ),
      { ...HELLO, name: 'Ann' },
    ];
    expect(write(foreign({ turns })).losses).toEqual([
      'dropped:cache_control',
      'dropped:citations',
      'dropped:image',
      'dropped:name',
      'dropped:server_tool_use',
    ]);
  });

  describe('takes its reasoning', () => {
    const own = { value: 'rs_1#E', dialect: 'openai-responses' } as const;
    const other = { value: 'S', dialect: 'anthropic' } as const;
    const cases: Readonly<Record<string, readonly [readonly Block[], readonly object[], readonly string[]]>> = {
      'back to where it came from, id and all': [
        [{ type: 'reasoning', text: 'Hm', signature: own }],
        [
          {
            type: 'reasoning',
            id: 'rs_1',
            summary: [{ type: 'summary_text', text: 'Hm' }],
            encrypted_content: 'E',
          },
        ],
        [],
      ],
      'back when there is no text': [
        [{ type: 'reasoning', text: '', redacted: own }],
        [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'E' }],
        [],
      ],
      'of one item together': [
        [
          { type: 'reasoning', text: 'One', itemId: 'rs_1' },
          { type: 'reasoning', text: 'Two', itemId: 'rs_1', signature: own },
        ],
        [{ type: 'reasoning', id: 'rs_1', summary: [{ text: 'One' }, { text: 'Two' }], encrypted_content: 'E' }],
        [],
      ],
      'together also when their id was lost, up to each proof': [
        [
          { type: 'reasoning', text: 'One' },
          { type: 'reasoning', text: 'Two', signature: own },
          { type: 'reasoning', text: 'Three', signature: { ...own, value: 'rs_2#F' } },
        ],
        [
          { type: 'reasoning', id: 'rs_1', summary: [{ text: 'One' }, { text: 'Two' }], encrypted_content: 'E' },
          { type: 'reasoning', id: 'rs_2', summary: [{ text: 'Three' }], encrypted_content: 'F' },
        ],
        [],
      ],
      'not to another vendor': [
        [{ type: 'reasoning', text: 'Hm', signature: other }],
        [],
        ['dropped:reasoning', 'dropped:reasoning_signature'],
      ],
      'not when nobody signed it': [[{ type: 'reasoning', text: 'Hm' }], [], ['dropped:reasoning']],
      'nowhere when there is none': [[{ type: 'reasoning', text: '' }], [], []],
    };
    for (const [name, [blocks, items, lost]] of Object.entries(cases)) {
      it(name, () => {
        const { body, losses } = write(foreign({ turns: [HELLO, assistant(...blocks), HELLO] }));
        expect(body['input']).toMatchObject([{ role: 'user' }, ...items, { role: 'user' }]);
        expect(losses).toEqual(lost);
      });
    }

    it('as text to servers that want it back', () => {
      const turns = [HELLO, assistant({ type: 'reasoning', text: 'Hm' }), HELLO];
      const { body } = write(foreign({ turns }), {}, { replaysReasoning: true });
      expect(body['input']).toMatchObject([
        {},
        { type: 'reasoning', id: expect.stringMatching(/^rs_/), content: [{ type: 'reasoning_text', text: 'Hm' }] },
        {},
      ]);
    });
  });
});
