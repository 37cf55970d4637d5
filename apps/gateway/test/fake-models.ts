import { upstream } from './review-tools.ts';

export interface FakeModel {
  readonly port: number;
  /** What it was sent, oldest first. */
  readonly asked: Asked[];
  /** What it says next and from then on; held back until `release` when `waits`. */
  says(answer: string, options?: { readonly waits?: boolean; readonly finish?: string }): void;
  release(): void;
}

/** A request of either dialect. */
export interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

interface Said {
  readonly answer: string;
  readonly finish: string;
}

type Wire = (said: Said, stream: boolean) => string;

/** A vendor that speaks OpenAI's chat or Anthropic's messages and says what a test wants. Lives as long as the test. */
export async function fakeModel(dialect: 'openai' | 'anthropic', first: string): Promise<FakeModel> {
  const asked: Asked[] = [];
  let said: Said = { answer: first, finish: 'stop' };
  let waiting: (() => void)[] | undefined;
  const { port } = await upstream((request, response) => {
    let text = '';
    request.on('data', (bytes) => (text += String(bytes)));
    request.on('end', () => {
      asked.push(asAsked(JSON.parse(text)));
      const stream = text.includes('"stream":true');
      response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
      const body = WIRES[dialect](said, stream);
      if (waiting === undefined) response.end(body);
      else waiting.push(() => response.end(body));
    });
  });
  return {
    port,
    asked,
    says: (answer, { waits = false, finish = 'stop' } = {}) => {
      said = { answer, finish };
      waiting = waits ? [] : undefined;
    },
    release: () => {
      for (const go of waiting ?? []) go();
      waiting = undefined;
    },
  };
}

/** The gate writes nothing else. */
function asAsked(body: unknown): Asked {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a test fails when it is not so
  return body as Asked;
}

const WIRES: Readonly<Record<'openai' | 'anthropic', Wire>> = { openai, anthropic };

function openai({ answer, finish }: Said, stream: boolean): string {
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
  const head = { id: 'c', created: 1, model: 'gpt-x' };
  if (!stream) {
    const choices = [{ index: 0, message: { role: 'assistant', content: answer }, finish_reason: finish }];
    return JSON.stringify({ ...head, object: 'chat.completion', choices, usage });
  }
  const chunk = (more: object): string => `data: ${JSON.stringify({ ...head, ...more })}\n\n`;
  const pieces = halves(answer).map((content) => chunk({ choices: [{ index: 0, delta: { content } }] }));
  const last = chunk({ choices: [{ index: 0, delta: {}, finish_reason: finish }] });
  return `${pieces.join('')}${last}${chunk({ choices: [], usage })}data: [DONE]\n\n`;
}

function anthropic({ answer }: Said, stream: boolean): string {
  const usage = { input_tokens: 7, output_tokens: 3 };
  const head = { id: 'm', type: 'message', role: 'assistant', model: 'claude-x' };
  if (!stream) {
    return JSON.stringify({ ...head, content: [{ type: 'text', text: answer }], stop_reason: 'end_turn', usage });
  }
  const event = (type: string, more: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  return [
    event('message_start', { message: { ...head, content: [], stop_reason: null, usage } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...halves(answer).map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
    event('message_stop', {}),
  ].join('');
}

function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}
