import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest } from '../../canonical/chat-request.ts';
import { assistant, foreign, hello, own, text, user, write } from './__fixtures__/write-call.ts';

describe('writeRequest, of earlier reasoning', () => {
  const call: Block = { type: 'tool_call', id: 'a', name: 'f', input: '{}' };
  const result: Block = { type: 'tool_result', callId: 'a', content: [] };
  const signed = { type: 'reasoning', text: 'secret', signature: { value: 's', dialect: 'anthropic' } } as const;
  const plain = { type: 'reasoning', text: ' Hm ' } as const;
  const loop = (...reasoning: readonly Block[]): ChatRequest =>
    foreign({ turns: [user(text('Q')), assistant(...reasoning, call), user(result)] });

  it('is not sent where nobody wants it, and that is said', () => {
    const { messages, losses } = write(loop(plain));
    expect(JSON.stringify(messages)).not.toContain('Hm');
    expect(losses).toEqual(['dropped:reasoning']);
  });

  it('never goes to another issuer (T21)', () => {
    for (const reasoningReplay of [undefined, 'reasoning_content', 'reasoning_details'] as const) {
      const { body, losses } = write(loop(signed), reasoningReplay === undefined ? {} : { reasoningReplay });
      expect(JSON.stringify(body)).not.toContain('secret');
      expect(losses).toEqual(['dropped:reasoning_signature']);
    }
  });

  it('goes back with calls, even when there is none (T22)', () => {
    expect(write(loop(plain), { replaysReasoning: true }).messages[1]).toMatchObject({ reasoning_content: ' Hm ' });
    expect(write(loop(), { replaysReasoning: true }).messages[1]).toMatchObject({ reasoning_content: '' });
    expect(write(loop(signed), { replaysReasoning: true }).messages[1]).toMatchObject({ reasoning_content: '' });
    expect(write(loop(plain), { reasoningReplay: 'reasoning' }).messages[1]).toMatchObject({ reasoning: ' Hm ' });
    const closed = foreign({ turns: [user(text('Q')), assistant(plain, text('A')), user(text('Q'))] });
    expect(write(closed, { replaysReasoning: true }).messages[1]).toEqual({ role: 'assistant', content: 'A' });
  });

  it('goes back as the entries that the vendor made', () => {
    const details = [
      { type: 'reasoning.summary', summary: 'S', format: 'openai-responses-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'gAAA', format: 'openai-responses-v1', id: 'rs_1', index: 0 },
      { type: 'reasoning.text', text: 'T', signature: 'sig', format: 'anthropic-claude-v1', index: 1 },
    ];
    const messages = [hello, { role: 'assistant', content: 'A', reasoning_details: details }, hello];
    expect(write(own({ messages }), { reasoningReplay: 'reasoning_details' }).messages).toEqual(messages);
  });

  it('goes back to Google in its own place', () => {
    const gemini: Block = { ...call, signature: { value: 'g', dialect: 'gemini' } };
    const request = foreign({
      turns: [
        assistant({ type: 'text', text: 'T', signature: { value: 't', dialect: 'gemini' } }, gemini),
        user(result),
      ],
    });
    expect(write(request, { takes: ['extra_content'] }).messages[0]).toMatchObject({
      extra_content: { google: { thought_signature: 't' } },
      tool_calls: [{ id: 'a', extra_content: { google: { thought_signature: 'g' } } }],
    });
    expect(write(request)).toMatchObject({ losses: ['dropped:reasoning_signature'] });
    expect(JSON.stringify(write(request).body)).not.toContain('thought_signature');
  });
});
