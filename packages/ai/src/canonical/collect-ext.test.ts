import { describe, expect, it } from 'vitest';
import type { ChatRequest } from './chat-request.ts';
import { loseExt, restOf } from './collect-ext.ts';
import { parseExact, isJsonFields, type JsonFields } from './json.ts';
import { Losses } from './loss.ts';

describe('restOf', () => {
  const known: ReadonlySet<string> = new Set(['model']);

  it('gives what is neither known nor null', () => {
    expect(restOf({ model: 'm', store: true, user: null, top: 0 }, known)).toEqual({ store: true, top: 0 });
  });

  it('gives nothing when nothing is left', () => {
    expect(restOf({ model: 'm', user: null }, known)).toBeUndefined();
    expect(restOf({}, known)).toBeUndefined();
  });

  it('takes __proto__ as an ordinary member', () => {
    const fields = parseExact('{"__proto__":{"admin":true},"constructor":1}');
    const rest = restOf(isJsonFields(fields) ? fields : {}, known);
    expect(JSON.stringify(rest)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect(rest).not.toHaveProperty('admin');
  });
});

describe('loseExt', () => {
  const request = (ext: ChatRequest['ext']): ChatRequest => ({
    dialect: 'openai-chat',
    model: 'm',
    stream: false,
    instructions: [],
    turns: [],
    tools: [],
    sampling: {},
    output: {},
    cache: {},
    includeUsage: false,
    ext,
  });
  const lost = (ext: ChatRequest['ext']): readonly string[] => {
    const losses = new Losses();
    loseExt(request(ext), 'anthropic', losses);
    return losses.codes;
  };

  it('names what other dialects said, and nothing of the speaker’s own', () => {
    expect(lost({ anthropic: { container: 'c' }, 'openai-chat': { store: true, prediction: {} } })).toEqual([
      'dropped:prediction',
      'dropped:store',
    ]);
    expect(lost({})).toEqual([]);
  });

  it('keeps odd names and floods of them out of the header', () => {
    expect(lost({ gemini: { 'a\r\nset-cookie: b': 1, ['x'.repeat(65)]: 1, ÿ: 1 } })).toEqual(['dropped:odd_member']);
    const flood: JsonFields = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`member${at}`, at]));
    expect(lost({ gemini: flood })).toHaveLength(33);
    expect(lost({ gemini: flood })).toContain('dropped:more_members');
  });
});
