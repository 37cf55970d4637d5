/* oxlint-disable typescript/restrict-template-expressions, typescript/no-misused-spread -- what must not be done is done here */
import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { Secret } from './secret.ts';

const VALUE = 'sk-live-hunter2';
const secret = new Secret(VALUE);

/** Every way in which a value ends up as text without anybody meaning to print it. */
const prints: Readonly<Record<string, () => string>> = {
  'in a template': () => `key ${secret}`,
  'as a String': () => String(secret),
  'joined to a text': () => [secret, 'x'].join(' '),
  'as JSON': () => JSON.stringify(secret),
  'as JSON inside of something': () => JSON.stringify({ deep: [{ secret }] }, null, 2),
  'under inspect': () => inspect(secret),
  'under inspect with everything shown': () => inspect({ secret }, { showHidden: true, depth: 9, getters: true }),
  'in a format with %s': () => format('%s', secret),
  'in a format with %o': () => format('%o', secret),
  'in a format with %j': () => format('%j', { secret }),
  'in the message of an error': () => String(new Error(`failed with ${secret}`)),
  'by its keys': () => Object.keys(secret).join(),
  'by its names': () => Object.getOwnPropertyNames(secret).join(),
  'as entries': () => JSON.stringify(Object.entries(secret)),
  'spread into another object': () => JSON.stringify({ ...secret }),
  'cloned for another thread': () => JSON.stringify(structuredClone(secret)),
  'in the log': () => {
    let written = '';
    const write = (line: string): void => {
      written += line;
    };
    createLogger({ level: 'debug', write, now: () => 0 }).info('starting', { secret, inside: { list: [secret] } });
    return written;
  },
};

describe('a Secret', () => {
  for (const [name, print] of Object.entries(prints)) {
    it(`does not show itself ${name}`, () => expect(print()).not.toContain('hunter2'));
  }

  it('shows that there is something', () => {
    expect(String(secret)).toBe('***');
    expect(JSON.stringify({ secret })).toBe('{"secret":"***"}');
    expect(inspect(secret)).toBe('Secret(***)');
  });

  it('does not tell how long it is', () => {
    expect(String(new Secret(''))).toBe(String(new Secret('x'.repeat(99))));
  });

  it('is revealed to whoever asks for it', () => {
    expect(secret.reveal()).toBe(VALUE);
    expect(new Secret('').reveal()).toBe('');
  });
});
