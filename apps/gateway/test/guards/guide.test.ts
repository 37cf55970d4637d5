import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { clockedGate } from '../clocked-gate.ts';
import { ask, chatProvider } from './guarded-gate.ts';

const guide = readFileSync(path.join(import.meta.dirname, '../../../../docs/guards.md'), 'utf8');
const [, example = ''] = /```yaml\n(.*?)```/s.exec(guide) ?? [];
const lineOf = (start: string): string =>
  guide
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(21)
    .trim() ?? '';

describe('docs/guards.md', () => {
  it('shows what happens to a call', async () => {
    const { port, told } = await chatProvider(({ path: asked }) =>
      asked.endsWith('/moderations') ? '' : lineOf('provider → gate'),
    );
    const config = example
      .replace('${HELPDESK_KEY}', 'key-a')
      .replace(
        'kind: openai, apiKey: "${OPENAI_API_KEY}"',
        `kind: openai, apiKey: k, baseUrl: "http://127.0.0.1:${port}/v1"`,
      );
    const { url, records } = await clockedGate(config);
    const answer = await ask(url, lineOf('caller   → gate'), { model: 'support' });
    const chat = told.find(({ path: asked }) => asked.endsWith('/chat/completions'));
    expect(JSON.parse(chat?.body ?? '{}')).toMatchObject({ messages: [{ content: lineOf('gate     → provider') }] });
    expect(answer.said).toBe(lineOf('gate     → caller'));
    expect(records).toMatchObject([{ aiGuards: expect.stringContaining(lineOf('record').replace('aiGuards: ', '')) }]);
  });
});
