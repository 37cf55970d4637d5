import { describe, expect, it } from 'vitest';
import { assistant, foreign, user, write } from './__fixtures__/write-call.ts';

describe('writeRequest, of marks of what is worth caching', () => {
  const marked = foreign({
    tools: [{ kind: 'function', name: 'f', cache: {} }],
    instructions: [{ role: 'system', text: 'A', cache: {} }],
    turns: [
      user({ type: 'text', text: 'B', cache: { ttl: '1h' } }),
      assistant({ type: 'text', text: 'C', cache: {} }),
      user({ type: 'text', text: 'D', cache: { ttl: '5m' } }),
    ],
  });

  it('drops them where the vendor knows none', () => {
    const { body, losses } = write(marked);
    expect(JSON.stringify(body)).not.toContain('cache');
    expect(losses).toEqual(['dropped:cache_control']);
  });

  it('keeps the last four, in the words of the vendor', () => {
    const { body, messages, losses } = write(marked, { cacheMarks: 'cache_control' });
    expect(JSON.stringify(body['tools'])).not.toContain('cache');
    expect(messages).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'A', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: [{ type: 'text', text: 'B', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      { role: 'assistant', content: [{ type: 'text', text: 'C', cache_control: { type: 'ephemeral' } }] },
      { role: 'user', content: [{ type: 'text', text: 'D', cache_control: { type: 'ephemeral', ttl: '5m' } }] },
    ]);
    expect(losses).toEqual(['dropped:cache_control']);
  });

  it('clamps how long to the one time that OpenAI knows', () => {
    const { messages, losses } = write(marked, { cacheMarks: 'prompt_cache_breakpoint' });
    expect(messages[1]).toEqual({
      role: 'user',
      content: [{ type: 'text', text: 'B', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }],
    });
    expect(losses).toEqual(['clamped:cache_control', 'dropped:cache_control']);
  });

  it('marks the last text of a result', () => {
    const turns = [
      assistant({ type: 'tool_call', id: 'a', name: 'f', input: '{}', cache: {} }),
      user({ type: 'tool_result', callId: 'a', cache: {}, content: [{ type: 'text', text: 'R' }] }),
    ];
    const { messages, losses } = write(foreign({ turns }), { cacheMarks: 'cache_control' });
    expect(messages[1]).toMatchObject({ content: [{ text: 'R', cache_control: { type: 'ephemeral' } }] });
    expect(losses).toEqual(['dropped:cache_control']);
  });
});
