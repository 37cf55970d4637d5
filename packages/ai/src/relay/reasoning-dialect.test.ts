import { describe, expect, it } from 'vitest';
import { providerRow } from '../providers/provider-table.ts';
import { doorOf, type DoorName } from './doors.ts';
import { refusesReasoning } from './reasoning-dialect.ts';
import type { Relay } from './relay.ts';

interface Way {
  readonly kind?: string;
  readonly door?: DoorName;
  readonly refused?: ReadonlySet<string>;
}

const THINKING = { thinking: { type: 'enabled', budget_tokens: 2000 } };

function asked(body: object, { kind = 'openai', door = 'messages', refused }: Way = {}): Relay {
  const message = { model: 'm', max_tokens: 4000, messages: [{ role: 'user', content: 'hi' }], ...body };
  const facts = { path: '/', query: '', header: () => undefined };
  const call = doorOf(door).open(Buffer.from(JSON.stringify(message)), facts);
  const row = providerRow(kind);
  if ('problem' in call || row === undefined) throw new Error('no call');
  return call.relayTo({ row, model: 'x', forceUsage: true, refused, requestId: 'r', created: 0 });
}

describe('a call about reasoning goes', () => {
  const gone = (...args: Parameters<typeof asked>): string => asked(...args).path;

  it('to where the vendor shows it, asked for by a caller of a third dialect', () => {
    const relay = asked(THINKING);
    expect([relay.dialect, relay.path]).toEqual(['openai-responses', '/responses']);
    expect(JSON.parse(relay.body.toString())).toMatchObject({
      reasoning: { effort: 'low', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      store: false,
    });
  });

  it('there unseen when that is the wish', () => {
    const thinking = { ...THINKING.thinking, display: 'omitted' };
    expect(JSON.parse(asked({ thinking }).body.toString()).reasoning).toEqual({ effort: 'low' });
  });

  it("the usual way for a vendor who has no such dialect, and in the vendor's own words", () => {
    expect(gone(THINKING, { kind: 'openai-compatible' })).toBe('/chat/completions');
    expect(gone({ reasoning_effort: 'high' }, { door: 'chat' })).toBe('/chat/completions');
  });

  it('the usual way without a wish, or with another that has no words there', () => {
    expect(gone({})).toBe('/chat/completions');
    expect(gone({ thinking: { type: 'disabled' } })).toBe('/chat/completions');
    expect(gone({ ...THINKING, stop_sequences: ['END'] })).toBe('/chat/completions');
  });

  it('the usual way once that was refused', () => {
    expect(gone(THINKING, { refused: new Set(['reasoning']) })).toBe('/chat/completions');
  });
});

describe('refusesReasoning', () => {
  it.each([
    [404, undefined, undefined, true],
    [405, undefined, undefined, true],
    [400, 'unsupported_parameter', 'reasoning.effort', true],
    [400, 'unsupported_value', 'reasoning.summary', true],
    [400, undefined, 'include', true],
    [400, 'unsupported_value', 'reasoning.effort', false],
    [400, 'unsupported_parameter', 'reasoning_effort', false],
    [400, 'invalid_value', 'input', false],
    [429, 'unsupported_parameter', 'reasoning', false],
  ])('%i %s of %s: %s', (status, code, param, expected) => {
    expect(refusesReasoning(status, { code, param })).toBe(expected);
  });
});
