import { describe, expect, it } from 'vitest';
import type { Block } from '../canonical/chat-request.ts';
import { replyOf, requestOf, RULES } from './__fixtures__/calls.ts';
import { whyNotAsked, whyNotShared } from './cache-rules.ts';

const CALL: Block = { type: 'tool_call', id: 'c', name: 'f', input: '{}' };
const TEXT: Block = { type: 'text', text: 'a' };

describe('whyNotShared', () => {
  it.each([
    [replyOf('a'), undefined],
    [replyOf('a', 'stop_sequence'), undefined],
    [replyOf('a', 'length'), undefined],
    [replyOf('a', 'error'), 'unfinished'],
    [replyOf('a', 'pause'), 'unfinished'],
    [replyOf('a', 'unknown'), 'unfinished'],
    [replyOf('a', 'context_exceeded'), 'unfinished'],
    [replyOf('a', 'malformed_tool_call'), 'unfinished'],
    [replyOf('a', 'refusal'), 'refusal'],
    [replyOf('a', 'content_filter'), 'refusal'],
    [replyOf([{ type: 'refusal', text: 'no' }]), 'refusal'],
    [replyOf([CALL], 'tool_calls'), 'tool_calls'],
    [replyOf([TEXT, CALL]), 'tool_calls'],
    [replyOf([TEXT, { type: 'opaque', dialect: 'anthropic', data: {} }]), 'tool_calls'],
    [replyOf(''), 'empty'],
    [replyOf([{ type: 'reasoning', text: 'hm' }]), 'empty'],
    [{ ...replyOf('a'), choices: [] }, 'empty'],
    [{ ...replyOf('a'), choices: [...replyOf('a').choices, ...replyOf('b', 'refusal').choices] }, 'refusal'],
  ])('%#: says %s', (reply, reason) => {
    expect(whyNotShared(reply, RULES)).toBe(reason);
  });

  it('lets pass what the operator lets pass, and no more', () => {
    const lax = { ...RULES, refusals: true, toolCalls: true };
    expect(whyNotShared(replyOf('a', 'content_filter'), lax)).toBeUndefined();
    expect(whyNotShared(replyOf([CALL], 'tool_calls'), lax)).toBeUndefined();
    expect(whyNotShared(replyOf([CALL], 'pause'), lax)).toBe('unfinished');
    expect(whyNotShared(replyOf([CALL, { type: 'refusal', text: 'no' }]), { ...RULES, toolCalls: true })).toBe(
      'refusal',
    );
  });
});

describe('whyNotAsked', () => {
  const strict = { ...RULES, zeroTemperatureOnly: true };

  it.each([
    [requestOf('a'), RULES, undefined],
    [requestOf('a', { sampling: { temperature: 1 } }), RULES, undefined],
    [requestOf('a', { sampling: { temperature: 0 } }), strict, undefined],
    [requestOf('a', { sampling: { temperature: 0.1 } }), strict, 'temperature'],
    [requestOf('a'), strict, 'temperature'],
    [requestOf('a', { state: { previous_response_id: 'r' } }), RULES, 'state'],
  ])('%#: says why', (request, rules, reason) => {
    expect(whyNotAsked(request, rules)).toBe(reason);
  });
});
