import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createLogger } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { itemOf, plainRecord } from '../__fixtures__/records.ts';
import { temporaryFolder } from '../__fixtures__/test-spool.ts';
import { PluginSink } from './plugin-sink.ts';

const signal = new AbortController().signal;
const log = createLogger({ level: 'error', now: Date.now, write: () => {} });

/** Writes what it is sent to a file that its options name; `more` stands in front of that. */
const moduleText = (more = ''): string => `
import { appendFileSync } from 'node:fs';
export default function (options, { node }) {
  return {
    async send(items) {
      ${more}
      appendFileSync(options.out, items.map(({ line }) => node + ' ' + line + '\\n').join(''));
    },
    async close() { appendFileSync(options.out, 'closed\\n'); },
  };
}`;

function setUp(code: string) {
  const dir = temporaryFolder();
  const file = path.join(dir, 'sink.mjs');
  const out = path.join(dir, 'out');
  writeFileSync(file, code);
  const sink = new PluginSink({
    file,
    options: { out },
    tools: { log, node: 'gate-1' },
    itemOf: (item) => ({ ...item, line: 'chosen' }),
  });
  return { file, sink, written: () => readFileSync(out, 'utf8') };
}

describe('PluginSink', () => {
  it('hands over what comes to what the module makes of its options', async () => {
    const { sink, written } = setUp(moduleText());
    expect(await sink.send([itemOf(plainRecord), itemOf(plainRecord)], signal)).toBeUndefined();
    await sink.close();
    expect(written()).toBe('gate-1 chosen\ngate-1 chosen\nclosed\n');
  });

  it('loads a module again that could not be loaded', async () => {
    const { file, sink, written } = setUp('throw new Error("no broker")');
    await expect(sink.send([itemOf(plainRecord)], signal)).rejects.toMatchObject({
      message: 'no broker',
      retry: 'later',
    });
    writeFileSync(file, moduleText());
    await sink.send([itemOf(plainRecord)], signal);
    expect(written()).toBe('gate-1 chosen\n');
  });

  it.each([
    ['has no default export', 'export const a = 1;', 'has no default export that is a function'],
    ['exports no function', 'export default 7;', 'has no default export that is a function'],
    [
      'makes no sink',
      'export default () => ({ send() {} });',
      'made no sink, which has the functions `send` and `close`',
    ],
    ['fails to make one', 'export default async () => { throw new Error("no topic"); };', 'no topic'],
  ])('says when a module %s', async (_, code, wrong) => {
    const { sink } = setUp(code);
    await expect(sink.send([itemOf(plainRecord)], signal)).rejects.toMatchObject({
      message: expect.stringContaining(wrong),
      retry: 'later',
    });
    await sink.close();
  });

  it.each([
    ['later', 'throw new Error("x")', { retry: 'later', retryAfterMs: undefined }],
    [
      'later, when it likes',
      'throw Object.assign(new Error("x"), { retryAfterMs: 9 })',
      { retry: 'later', retryAfterMs: 9 },
    ],
    ['never', 'throw Object.assign(new Error("x"), { retry: "never" })', { retry: 'never' }],
    ['smaller', 'throw Object.assign(new Error("x"), { retry: "smaller" })', { retry: 'smaller' }],
    [
      'later, for what is no word of ours',
      'throw Object.assign(new Error("x"), { retry: "perhaps" })',
      { retry: 'later' },
    ],
    ['later, for what is no error', 'throw "x"', { retry: 'later' }],
  ])('lets a module say: %s', async (_, more, expected) => {
    await expect(setUp(moduleText(more)).sink.send([itemOf(plainRecord)], signal)).rejects.toMatchObject({
      message: 'x',
      ...expected,
    });
  });

  it.each([
    ['that some were refused', 'return { refused: 1, why: "old" };', { refused: 1, why: 'old' }],
    ['that none were', 'return { refused: 0 };', undefined],
    ['nothing that we understand', 'return { refused: "all" };', undefined],
  ])('lets a module say %s', async (_, more, expected) => {
    expect(await setUp(moduleText(more)).sink.send([itemOf(plainRecord)], signal)).toEqual(expected);
  });
});
