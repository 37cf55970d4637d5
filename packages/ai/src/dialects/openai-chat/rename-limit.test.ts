import { describe, expect, it } from 'vitest';
import { renameLimit } from './rename-limit.ts';

function renamed(body: string): string | undefined {
  return renameLimit(Buffer.from(body))?.toString();
}

describe('renameLimit', () => {
  const cases: Readonly<Record<string, readonly [body: string, expected: string | undefined]>> = {
    'keeps every other byte': [
      '{ "model":"a" ,\n\t"max_tokens" :\t5e1, "é": "\\u00e9" }',
      '{ "model":"a" ,\n\t"max_completion_tokens" :\t5e1, "é": "\\u00e9" }',
    ],
    'reads a key that was written with escapes': [String.raw`{"max\u005ftokens":5}`, '{"max_completion_tokens":5}'],
    'leaves alone what stands inside a message': ['{"messages":[{"max_tokens":5,"content":"max_tokens"}]}', undefined],
    'leaves alone a caller who names both': ['{"max_tokens":5,"max_completion_tokens":6}', undefined],
    'leaves alone a caller who names the new one': ['{"max_completion_tokens":6}', undefined],
    'leaves alone what is no JSON': ['{"max_tokens":5', undefined],
  };
  it.each(Object.entries(cases))('%s', (_, [body, expected]) => expect(renamed(body)).toBe(expected));
});
