import http from 'node:http';
import { onTestFinished } from 'vitest';
import { startGate, startUpstream, type GateOptions, type Running, type Upstream } from '../harness.ts';

export interface AdmitGate {
  readonly gate: Running;
  readonly upstream: Upstream;
}

/** A gate with one open API of one policy, before an upstream of the test's own. */
export async function gateWith(
  policies: string,
  handle?: http.RequestListener,
  options: GateOptions = { workers: 1 },
): Promise<AdmitGate> {
  const upstream = await startUpstream(handle);
  onTestFinished(async () => upstream.close());
  const gate = await startGate(configWith(policies, upstream.port), options);
  onTestFinished(async () => gate.stop());
  return { gate, upstream };
}

export function configWith(policies: string, port: number): string {
  return `apis: { all: { basePath: "", access: open, upstream: "http://127.0.0.1:${port}", policies: [ ${policies} ] } }\n`;
}

export interface Heard {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One call on a connection of its own, so that any worker may get it. */
export async function callOnce(port: number, sent: Sent = {}): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', path = '/', headers = {}, body = '' } = sent;
    const request = http.request({ port, host: '127.0.0.1', method, path, headers, agent: false }, (reply) => {
      let text = '';
      reply.on('data', (piece: Buffer) => (text += piece.toString()));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: text }));
      reply.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The same while a worker is being replaced: made anew as long as nobody listens. */
export async function callUntilHeard(port: number, sent: Sent = {}): Promise<Heard> {
  for (;;) {
    try {
      return await callOnce(port, sent);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** A handler that keeps replies back until they are let go. */
export function held(): {
  readonly handle: http.RequestListener;
  readonly waiting: () => number;
  readonly release: (count?: number) => void;
} {
  const replies: http.ServerResponse[] = [];
  return {
    handle: (_request, response) => {
      replies.push(response);
      response.once('close', () => {
        const at = replies.indexOf(response);
        if (at >= 0) replies.splice(at, 1);
      });
    },
    waiting: () => replies.length,
    release: (count = Infinity) => {
      for (const response of replies.splice(0, count)) response.end('done');
    },
  };
}
