import type http from 'node:http';
import { clockedGate } from '../clocked-gate.ts';
import { upstream } from '../review-tools.ts';

export interface Told {
  readonly path: string;
  readonly body: string;
}

export type Say = (told: Told, call: number) => string;

/** What callers' words become when the model repeats them: the last message of an OpenAI chat. */
export const echo: Say = ({ body }) => {
  const read: { messages: { content: string }[] } = JSON.parse(body);
  return `You said: ${read.messages.at(-1)?.content ?? ''}`;
};

const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

/** An OpenAI provider: what it says comes whole, or letter by letter; it makes vectors too. */
export async function chatProvider(say: Say, fails = 0) {
  const told: Told[] = [];
  const { port } = await upstream((request, response) => {
    let body = '';
    request.on('data', (bytes) => (body += String(bytes)));
    request.on('end', () => {
      const one = { path: request.url ?? '', body };
      told.push(one);
      if (told.length <= fails) {
        response.writeHead(500).end('{}');
        return;
      }
      if (one.path.endsWith('/embeddings')) {
        response.setHeader('content-type', 'application/json').end(vectors(body));
        return;
      }
      const content = say(one, told.length);
      if (body.includes('"stream":true')) stream(response, content);
      else response.setHeader('content-type', 'application/json').end(whole(content));
    });
  });
  return { port, told };
}

function whole(content: string): string {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }];
  return JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'x', choices, usage: USAGE });
}

function vectors(body: string): string {
  const { input }: { input: readonly string[] } = JSON.parse(body);
  const data = input.map((_, index) => ({ object: 'embedding', index, embedding: [1, index] }));
  return JSON.stringify({ object: 'list', data, model: 'x', usage: { prompt_tokens: 3, total_tokens: 3 } });
}

function stream(response: http.ServerResponse, content: string): void {
  const chunk = (delta: object, finish: string | null): string => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'x', choices })}\n\n`;
  };
  response.setHeader('content-type', 'text/event-stream');
  response.write(chunk({ role: 'assistant', content: '' }, null));
  for (const letter of content) response.write(chunk({ content: letter }, null));
  const usage = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'x', choices: [], usage: USAGE };
  response.end(`${chunk({}, 'stop')}data: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`);
}

export interface GateSetting {
  readonly guards: string;
  readonly say?: Say;
  /** Further lines of the section `ai`. */
  readonly ai?: string;
  /** Further members of the model `m`. */
  readonly model?: string;
  /** A further line of `providers`. */
  readonly providers?: string;
  /** So many calls fail before the first is answered. */
  readonly fails?: number;
}

export function guardedConfig(port: number, { guards, ai = '', model = '', providers = '' }: GateSetting): string {
  return `
applications:
  a: { keys: [ { name: k, secret: key-a } ] }
  b: { keys: [ { name: k, secret: key-b } ] }
ai:
  providers:
    one: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${port}/v1" }
    ${providers}
  models: { m: { targets: [ { provider: one, model: x } ] ${model} }, other: { targets: [ { provider: one, model: x } ] } }
  guards: ${guards}
${ai}`;
}

/** A gate with those guards before one provider. */
export async function guardedGate(setting: GateSetting) {
  const provider = await chatProvider(setting.say ?? echo, setting.fails);
  const gate = await clockedGate(guardedConfig(provider.port, setting));
  return { ...gate, told: provider.told };
}

export interface Asked {
  readonly key?: string;
  readonly model?: string;
  readonly stream?: boolean;
  readonly rest?: object;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  /** What the caller has read of the answer. */
  readonly said: string;
  readonly broken: boolean;
  readonly headers: Headers;
}

export async function ask(url: string, words: string, asked: Asked = {}): Promise<Answered> {
  const { model = 'm', stream: streamed = false, rest = {} } = asked;
  const body = { model, messages: [{ role: 'user', content: words }], ...(streamed && { stream: true }), ...rest };
  return post(`${url}/v1/chat/completions`, { body, key: asked.key ?? 'key-a', saidIn: chatText });
}

export async function askAnthropic(url: string, words: string, asked: Asked = {}): Promise<Answered> {
  const { model = 'm', stream: streamed = false, rest = {} } = asked;
  const messages = [{ role: 'user', content: words }];
  const body = { model, max_tokens: 100, messages, ...(streamed && { stream: true }), ...rest };
  return post(`${url}/v1/messages`, { body, key: asked.key ?? 'key-a', saidIn: anthropicText });
}

interface Posted {
  readonly body: object;
  readonly key: string;
  readonly saidIn: (text: string) => string;
}

export async function post(url: string, { body, key, saidIn }: Posted): Promise<Answered> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const reply = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers });
  let text = '';
  let broken = false;
  const decoder = new TextDecoder();
  try {
    for await (const bytes of reply.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch {
    broken = true;
  }
  return { status: reply.status, text, broken, headers: reply.headers, said: saidIn(text) };
}

function eventsOf(text: string): unknown[] {
  return [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json = '']) => JSON.parse(json));
}

interface Choice {
  readonly message?: { readonly content?: string };
  readonly delta?: { readonly content?: string };
}

function chatText(text: string): string {
  const parts = text.startsWith('{') ? [JSON.parse(text)] : eventsOf(text);
  return parts
    .flatMap(({ choices = [] }: { choices?: readonly Choice[] }) => choices)
    .map(({ message, delta }) => message?.content ?? delta?.content ?? '')
    .join('');
}

interface AnthropicPart {
  readonly content?: readonly { readonly text?: string }[];
  readonly delta?: { readonly text?: string };
}

function anthropicText(text: string): string {
  const parts = text.startsWith('{') ? [JSON.parse(text)] : eventsOf(text);
  return parts
    .map(
      ({ content = [], delta }: AnthropicPart) =>
        content.map(({ text: said = '' }) => said).join('') + (delta?.text ?? ''),
    )
    .join('');
}
