import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DemoExchange } from './demo-exchange.ts';

export interface DemoOptions {
  /** 0: any free port. */
  readonly port?: number;
  /** Between the words of `demo-slow`. */
  readonly stepMs?: number;
  readonly wait?: (ms: number) => Promise<void>;
}

export interface DemoModel {
  /** A provider's base URL, with `/v1` at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the built-in model on the loopback interface; see README.md beside this file for its models. */
export async function startDemoModel(options: DemoOptions = {}): Promise<DemoModel> {
  const pace = { stepMs: options.stepMs ?? STEP_MS, wait: options.wait ?? ((ms: number) => delay(ms)) };
  const server = createServer((request, response) => {
    // A caller that leaves in the middle of its body is all that can go wrong; there is nobody left to tell.
    new DemoExchange(request, response, pace).run().catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/v1`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const STEP_MS = 250;

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server has an address and a port');
  return address.port;
}
