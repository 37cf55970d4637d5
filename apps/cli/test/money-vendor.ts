import http from 'node:http';
import { onTestFinished } from 'vitest';
import { listenSomewhere } from './stub-upstream.ts';

type Random = () => number;

/** Answers model calls as vendors do on a bad day; what it uses is as random as when it answers. */
export async function moneyVendor(random: Random): Promise<number> {
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => answer(response, { stream: body.includes('"stream":true'), random }));
  });
  const port = await listenSomewhere(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

function answer(response: http.ServerResponse, { stream, random }: { stream: boolean; random: Random }): void {
  const usage = { prompt_tokens: 1 + Math.floor(random() * 50), completion_tokens: Math.floor(random() * 100) };
  const fate = random();
  const later = (step: () => void): void => void setTimeout(step, random() * 40);
  if (fate < 0.05) later(() => response.writeHead(500).end('{}'));
  else if (fate < 0.08) later(() => response.destroy());
  else if (stream) later(() => trickle(response, { usage, broken: fate < 0.16, later }));
  else
    later(() =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(whole(fate < 0.2 ? {} : { usage })),
    );
}

function whole(said: object): string {
  const message = { role: 'assistant', content: 'hi' };
  const choices = [{ index: 0, message, finish_reason: 'stop' }];
  return JSON.stringify({ object: 'chat.completion', model: 'x', choices, ...said });
}

interface Trickle {
  readonly usage: object;
  readonly broken: boolean;
  readonly later: (step: () => void) => void;
}

function trickle(response: http.ServerResponse, { usage, broken, later }: Trickle): void {
  const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
  const word = event({ choices: [{ index: 0, delta: { content: 'word ' } }] });
  const steps = [
    () => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(word),
    () => response.write(word + word),
    () => {
      if (broken) response.destroy();
      else response.write(event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }));
    },
    () => response.write(`${event({ choices: [], usage })}data: [DONE]\n\n`),
    () => response.end(),
  ];
  const next = (): void => {
    if (response.destroyed) return;
    steps.shift()?.();
    if (steps.length > 0) later(next);
  };
  next();
}
