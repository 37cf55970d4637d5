import { describe, expect, it } from 'vitest';
import { Untranslatable } from '../canonical/loss.ts';
import { readPromptWish, VERSION_HEADER } from './prompt-wish.ts';

function wishOf(query: string, headers: Readonly<Record<string, string>> = {}): unknown {
  try {
    return readPromptWish({ query, header: (name) => headers[name] });
  } catch (error) {
    if (error instanceof Untranslatable) return error.message;
    throw error;
  }
}

const PLAIN = { version: undefined, stream: false, dryRun: false };

describe('readPromptWish', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, object]>([
    ['', {}, PLAIN],
    ['?', {}, PLAIN],
    ['?key=secret', {}, PLAIN],
    ['?version=2', {}, { ...PLAIN, version: '2' }],
    ['?version=', {}, { ...PLAIN, version: '' }],
    ['', { [VERSION_HEADER]: '2' }, { ...PLAIN, version: '2' }],
    ['?version=1', { [VERSION_HEADER]: '2' }, { ...PLAIN, version: '1' }],
    ['?stream=true&dry-run=true', {}, { ...PLAIN, stream: true, dryRun: true }],
    ['?dry-run=false', {}, PLAIN],
    ['', { accept: 'text/event-stream' }, { ...PLAIN, stream: true }],
    ['', { accept: '*/*;q=0.1, Text/Event-Stream; q=1' }, { ...PLAIN, stream: true }],
    ['', { accept: 'text/event-stream, application/json' }, PLAIN],
    ['', { accept: '*/*' }, PLAIN],
    ['', { accept: 'text/event-streams' }, PLAIN],
    ['?stream=false', { accept: 'text/event-stream' }, PLAIN],
  ])('reads %j %o', (query, headers, wish) => {
    expect(wishOf(query, headers)).toEqual(wish);
  });

  it.each([
    ['?dryrun=true', 'The prompt knows version, stream and dry-run in its query.'],
    ['?Stream=true', 'The prompt knows version, stream and dry-run in its query.'],
    ['?__proto__=true', 'The prompt knows version, stream and dry-run in its query.'],
    ['?stream=1', "'stream' must be true or false."],
    ['?stream', "'stream' must be true or false."],
    ['?dry-run=TRUE', "'dry-run' must be true or false."],
    ['?version=1&version=2', "'version' is in the query twice."],
    ['?dry-run=true&dry%2Drun=false', "'dry-run' is in the query twice."],
  ])('refuses %j', (query, message) => {
    expect(wishOf(query)).toBe(message);
  });
});
