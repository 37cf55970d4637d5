import { describe, expect, it } from 'vitest';
import { unfoldReply } from '../canonical/fold-stream.ts';
import type { StreamEvent } from '../canonical/stream-event.ts';
import { compiled, saying, TRIAGE } from './__fixtures__/prompts.ts';
import { PromptStreamWriter } from './prompt-stream-writer.ts';

const PROMPT = compiled(TRIAGE);

function written(events: readonly StreamEvent[]): { readonly text: string; readonly unfit: unknown } {
  const writer = new PromptStreamWriter(PROMPT.current);
  const text = events.map((event) => writer.write(event)).join('');
  return { text, unfit: writer.unfit };
}

describe('PromptStreamWriter', () => {
  it('shows the text of the one answer, and at its end all of it', () => {
    const [start, ...rest] = unfoldReply(saying('{"level":\n2}'));
    const beside: StreamEvent[] = [
      { t: 'block', choice: 1, index: 0, block: { type: 'text' } },
      { t: 'delta', choice: 1, index: 0, delta: { text: 'another choice' } },
      { t: 'block', choice: 0, index: 7, block: { type: 'reasoning' } },
      { t: 'delta', choice: 0, index: 7, delta: { text: 'hm' } },
      { t: 'ping' },
    ];
    expect(written([...(start === undefined ? [] : [start]), ...beside, ...rest])).toEqual({
      text:
        ': keep-alive\n\n' +
        'event: delta\ndata: {"text":"{\\"level\\":\\n2}"}\n\n' +
        'event: done\ndata: {"prompt":"triage","version":"2","model":"gpt-5.5-mini","output":{"level":2},' +
        '"usage":{"inputTokens":14,"cachedTokens":4,"outputTokens":5,"reasoningTokens":2}}\n\n',
      unfit: undefined,
    });
  });

  it('shows no end of an answer that is unfit', () => {
    const { text, unfit } = written(unfoldReply(saying('{"level":0}')));
    expect(text).toBe('event: delta\ndata: {"text":"{\\"level\\":0}"}\n\n');
    expect(unfit).toMatchObject({ code: 'provider.output_invalid', detail: expect.stringContaining('/level') });
  });

  it('ends with the problem when a stream breaks', () => {
    const writer = new PromptStreamWriter(PROMPT.current);
    const error = { status: 502, kind: 'upstream', code: 'provider.truncated', message: 'a\nb', retry: true } as const;
    expect(writer.fail({ ...error, requestId: 'r' })).toBe(
      'event: error\ndata: {"type":"urn:gatehouse:error:provider.truncated","title":"Model stream broke off",' +
        '"status":502,"detail":"a\\nb","code":"provider.truncated","requestId":"r"}\n\n',
    );
  });
});
