import { describe, expect, it } from 'vitest';
import type { ReasoningBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { readDetail, writeDetail } from './reasoning-details.ts';

const vendors: readonly JsonFields[] = [
  { type: 'reasoning.text', text: ' T ', index: 0 },
  { type: 'reasoning.text', text: 'T', signature: 's', index: 0 },
  { type: 'reasoning.text', text: '', signature: 's', index: 0 },
  { type: 'reasoning.text', text: 'T', signature: 's', format: 'anthropic-claude-v1', index: 0 },
  { type: 'reasoning.text', text: 'T', signature: 'detail:{"odd":1}', index: 0 },
  { type: 'reasoning.summary', summary: 'S', format: 'openai-responses-v1', index: 3 },
  { type: 'reasoning.encrypted', data: 'd', index: 0 },
  { type: 'reasoning.encrypted', data: 'd', format: 'openai-responses-v1', id: 'rs_1', index: 1 },
  { type: 'reasoning.encrypted', data: 'd', format: 'google-gemini-v1', id: 'call_1', index: 0, extra: { deep: [1] } },
];

describe('readDetail and writeDetail', () => {
  it.each(vendors)('give %j back to its vendor as it was', (detail) => {
    expect(writeDetail(readDetail(detail, { sealed: false }), 0)).toEqual(detail);
    expect(writeDetail(readDetail(detail, { sealed: true }), 0)).toEqual(detail);
  });

  const signature = { value: 's+/=', dialect: 'anthropic' } as const;
  const blocks: readonly ReasoningBlock[] = [
    { type: 'reasoning', text: ' T ' },
    { type: 'reasoning', text: ' T ', signature },
    { type: 'reasoning', text: '', signature },
    { type: 'reasoning', text: '', redacted: signature },
    { type: 'reasoning', text: 'T', itemId: 'rs_1', signature: { value: 'gAAA', dialect: 'openai-responses' } },
    { type: 'reasoning', text: 'T', signature: { value: 'detail:{"odd":1}', dialect: 'bedrock' } },
  ];

  it.each(blocks)('bring %j back through the caller', (block) => {
    expect(readDetail(writeDetail(block, 7), { sealed: true })).toEqual(block);
  });

  it('leave a foreign envelope shut when a vendor sends one', () => {
    const detail = writeDetail({ type: 'reasoning', text: '', redacted: signature }, 0);
    expect(readDetail(detail, { sealed: false }).redacted?.dialect).toBe('openai-chat');
  });

  it('do not trust what comes back', () => {
    for (const value of ['detail:', 'detail:[1]', 'detail:{"__proto__":{"x":1}}', 'detail:{{{']) {
      const written = writeDetail({ type: 'reasoning', text: 'T', signature: { value, dialect: 'openai-chat' } }, 0);
      expect(Object.getPrototypeOf(written)).toBe(Object.prototype);
    }
  });
});
