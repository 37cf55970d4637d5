import { describe, expect, it } from 'vitest';
import type { Block } from '../../canonical/chat-request.ts';
import { foreign, written } from './__fixtures__/contexts.ts';
import { assistant, call, GET, HI, messages, user } from './__fixtures__/turns.ts';

describe('pictures and documents', () => {
  it('writes pictures and documents, whatever form they come in', () => {
    const png = 'iVBORw0KGgoAAAANSUhEUg==';
    const blocks: Block[] = [
      { type: 'media', kind: 'image', mime: 'image/jpeg', detail: 'high', source: { via: 'base64', data: png } },
      { type: 'media', kind: 'image', source: { via: 'url', url: `data:image/png;charset=utf-8;base64,${png}` } },
      { type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.b/c.png' } },
      { type: 'media', kind: 'document', name: 'a.pdf', source: { via: 'base64', data: 'JVBERi0xLjc=' } },
      {
        type: 'media',
        kind: 'document',
        mime: 'text/markdown',
        name: 'a.md',
        source: { via: 'base64', data: Buffer.from('# Hi').toString('base64') },
      },
      { type: 'media', kind: 'audio', source: { via: 'base64', data: 'AAAA' } },
    ];
    const { body, losses } = written(foreign({ turns: [user(...blocks)] }));
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          { type: 'image', source: { type: 'url', url: 'https://a.b/c.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0xLjc=' },
            title: 'a.pdf',
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: '# Hi' }, title: 'a.md' },
        ],
      },
    ]);
    expect(losses).toEqual(['dropped:audio', 'dropped:detail']);
  });

  it('keeps pictures inside the results of tools', () => {
    const image = { type: 'media', kind: 'image', source: { via: 'url', url: 'https://a.b' } } as const;
    const turns = [
      HI,
      assistant(call('a')),
      user({ type: 'tool_result', callId: 'a', isError: true, content: [image] }),
    ];
    expect(messages(foreign({ turns, tools: [GET] }))).toMatchObject([
      {},
      {},
      { content: [{ content: [{ type: 'image' }], is_error: true }] },
    ]);
  });
});
