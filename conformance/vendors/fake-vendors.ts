import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Answer, JsonObject } from '../scenario.ts';
import type { Fault } from './fault.ts';
import { signatureOf, type Vendor, type VendorCall } from './vendor.ts';
import { VENDORS, vendorAt } from './vendor-table.ts';

export interface SeenCall extends VendorCall {
  readonly vendor: string;
  readonly stream: boolean;
  /** What the vendor would have refused; '' when nothing. */
  readonly complaint: string;
  /** How often the vendor has refused what was asked otherwise before. */
  readonly refusals: number;
  /** Settled when the exchange is over; false when the gate has left before its end. */
  readonly whole: Promise<boolean>;
}

/** All vendors in one server, each below its own path. They say what the script holds, one answer a request. */
export class FakeVendors {
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));
  #script: readonly Answer[] = [];
  #fault: Fault | undefined;
  #refusals = 0;
  seen: SeenCall[] = [];

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${portOf(this.#server.address())}`;
  }

  /** Forgets what was; `fault` befalls every answer. */
  play(script: readonly Answer[], fault?: Fault): void {
    this.#script = script;
    this.#fault = fault;
    this.#refusals = 0;
    this.seen = [];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [, name = '', path = ''] = /^\/([^/]+)(.*)$/.exec(request.url ?? '') ?? [];
    const body = await bodyOf(request);
    const vendor = vendorAt(name, path);
    const call = { path, headers: request.headers, body };
    const refusal = vendor.refusal?.(call) ?? '';
    if (refusal !== '') {
      this.#refusals++;
      response.writeHead(400, { 'content-type': 'application/json' }).end(refusal);
      return;
    }
    const stream = vendor.isStream(call);
    const whole = new Promise<boolean>((resolve) => {
      response.on('close', () => resolve(response.writableFinished));
    });
    const answer = this.#script[this.seen.length] ?? this.#script.at(-1);
    const complaint = foreignSignature(vendor, call) ?? vendor.complaint(call);
    this.seen.push({ ...call, vendor: name, stream, complaint, whole, refusals: this.#refusals });
    this.#refusals = 0;
    if (answer === undefined) response.writeHead(500).end('nothing to say');
    else await reply(response, { vendor, call, stream, answer, fault: this.#fault });
  }
}

interface Saying {
  readonly vendor: Vendor;
  readonly call: VendorCall;
  readonly stream: boolean;
  readonly answer: Answer;
  readonly fault: Fault | undefined;
}

async function reply(response: http.ServerResponse, saying: Saying): Promise<void> {
  const { vendor, call, stream, answer, fault } = saying;
  if (fault !== undefined && 'status' in fault) {
    const headers = { 'content-type': 'application/json', ...vendor.errorHeaders?.(fault.status), ...fault.headers };
    response.writeHead(fault.status, headers).end(vendor.error(fault.status, fault.message));
    return;
  }
  if (!stream) {
    if (fault?.kind === 'silent') return;
    response.writeHead(200, { 'content-type': 'application/json' });
    if (fault?.kind === 'cut') {
      response.write(vendor.plain(answer, call).slice(0, 30));
      await turn();
      response.destroy();
    } else response.end(vendor.plain(answer, call));
    return;
  }
  response.writeHead(200, { 'content-type': vendor.streamType });
  await sayStream(response, saying);
}

async function sayStream(response: http.ServerResponse, { vendor, call, answer, fault }: Saying): Promise<void> {
  const records = vendor.stream(answer, call).map((record) => Buffer.from(record));
  if (fault === undefined || !('kind' in fault)) {
    await inSlices(response, Buffer.concat(records));
    response.end();
    return;
  }
  if (fault.kind === 'slow') {
    await slowly(response, records);
    return;
  }
  const half = records.slice(0, Math.ceil(records.length / 2));
  response.write(Buffer.concat(fault.kind === 'error-first' || fault.kind === 'empty' ? [] : half));
  await turn();
  if (fault.kind === 'error-event' || fault.kind === 'error-first') response.end(vendor.streamError(fault.message));
  else if (fault.kind === 'ends' || fault.kind === 'empty') response.end();
  else if (fault.kind === 'cut') response.destroy();
}

async function slowly(response: http.ServerResponse, records: readonly Buffer[]): Promise<void> {
  for (const record of records) {
    response.write(record);
    await sleep(5);
  }
  response.end();
}

/** TCP knows no records: the cuts fall where they fall. */
async function inSlices(response: http.ServerResponse, bytes: Buffer): Promise<void> {
  const size = Math.ceil(bytes.length / 3);
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    await turn();
  }
}

/** Nobody may get what only another vendor's models can read, nor what the gate has wrapped it in. */
function foreignSignature({ name }: Vendor, { body }: VendorCall): string | undefined {
  const text = JSON.stringify(body);
  const others = VENDORS.filter((vendor) => vendor.name !== name).map((vendor) => signatureOf(vendor.name));
  return [...others, 'gatehouse', 'Z2F0ZWhvdXNl'].some((mark) => text.includes(mark)) ? 'signed by others' : undefined;
}

async function bodyOf(request: http.IncomingMessage): Promise<JsonObject> {
  const held: Buffer[] = [];
  for await (const piece of request) held.push(Buffer.from(piece));
  const body: unknown = JSON.parse(Buffer.concat(held).toString('utf8'));
  if (!isObject(body)) throw new TypeError('the body is no object');
  return body;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}
