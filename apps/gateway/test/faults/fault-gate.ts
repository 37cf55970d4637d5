import http from 'node:http';
import { clockedGate } from '../clocked-gate.ts';
import { FaultVendor } from './fault-vendor.ts';
import type { Fault } from './fault.ts';
import {
  FIRST_WELL,
  LIMITS_MS,
  MAX_TOKENS,
  MICRO_USD_PER_TOKEN,
  SECOND_WELL,
  type FaultSetting,
} from './fault-setting.ts';
import { PutForward } from './put-forward.ts';

export interface FaultGateOptions extends FaultSetting {
  readonly play: Fault['play'];
  /** With a second target, behind the first. */
  readonly backed: boolean;
  /** The second target is one of the first choices. */
  readonly beside?: boolean;
  /** False: nobody counts what is spent. */
  readonly budgets?: boolean;
  /** The first vendor's dialect, where it is another. */
  readonly firstKind?: 'anthropic';
}

export interface Asking {
  readonly dialect: CallerDialect;
  readonly streamed: boolean;
  readonly maxTokens?: number;
}

export type CallerDialect = 'openai-chat' | 'anthropic';

export interface CallerSaw {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  /** HTTP's own end was there. */
  readonly ended: boolean;
}

/** A gate whose model `m` is served by a vendor with a fault and, behind him, by one who is well. Lives as long as the test. */
export class FaultGate {
  readonly clock = new PutForward();
  readonly first: FaultVendor;
  readonly second = new FaultVendor(SECOND_WELL, this.clock);
  records: readonly unknown[] = [];
  #port = 0;

  private constructor(play: Fault['play']) {
    this.first = new FaultVendor(play === 'refuses-connections' ? FIRST_WELL : play, this.clock);
  }

  static async start(options: FaultGateOptions): Promise<FaultGate> {
    const fault = new FaultGate(options.play);
    await Promise.all([fault.first.open(), fault.second.open()]);
    const gate = await clockedGate(fault.#config(options));
    fault.clock.drives(gate.advance);
    fault.records = gate.records;
    fault.#port = gate.port;
    if (options.play === 'refuses-connections') fault.first.refuse();
    return fault;
  }

  #config({
    first = 'apiKey: key-first',
    model = '',
    budgetUsd = 1,
    contextTokens,
    ...rest
  }: FaultGateOptions): string {
    const { backed, beside = false, budgets = true, firstKind = 'openai-compatible' } = rest;
    const [one, other] = ['{ provider: first, model: x }', '{ provider: second, model: x }'];
    const targets = beside ? `[ ${one}, ${other} ]` : `[ ${one} ]`;
    const { connect, firstByte, idle } = LIMITS_MS;
    const price = (at: 0 | 1): string => {
      const context = contextTokens === undefined ? '' : `, contextTokens: ${contextTokens[at]}`;
      return `{ x: { input: 0, output: ${MICRO_USD_PER_TOKEN}${context} } }`;
    };
    return `
ai:
  require: open
  providers:
    first: { kind: ${firstKind}, baseUrl: "${this.first.url}", ${first} }
    second: { kind: openai-compatible, baseUrl: "${this.second.url}", apiKey: key-second }
  models:
    m:
      targets: ${targets}
      fallback: ${backed && !beside ? `[ ${other} ]` : '[]'}
      ${model}
  prices: { first: ${price(0)}, second: ${price(1)} }
  budgets: [ ${budgets ? `{ of: all, usd: ${budgetUsd}, per: total }` : ''} ]
  timeouts: { connect: ${connect}ms, firstByte: ${firstByte}ms, idle: ${idle}ms }
`;
  }

  /** Puts the clock forward for as long as the call takes. */
  async call(asking: Asking): Promise<CallerSaw> {
    return this.clock.until(this.ask(asking));
  }

  async ask({ dialect, streamed, maxTokens = MAX_TOKENS }: Asking): Promise<CallerSaw> {
    const messages = [{ role: 'user', content: 'Who goes there?' }];
    const body = JSON.stringify({ model: 'm', max_tokens: maxTokens, messages, stream: streamed });
    const path = dialect === 'anthropic' ? '/v1/messages' : '/v1/chat/completions';
    return new Promise((resolve, reject) => {
      const request = http.request({ port: this.#port, host: '127.0.0.1', path, method: 'POST', agent: false });
      request.on('error', reject);
      request.on('response', (reply) => {
        let text = '';
        this.clock.moved();
        reply.on('data', (data) => {
          text += String(data);
          this.clock.moved();
        });
        reply.on('error', () => {});
        reply.on('close', () => {
          const { statusCode: status = 0, headers, complete: ended } = reply;
          resolve({ status, headers, text, ended });
        });
      });
      request.end(body);
    });
  }
}
