import { KeepAliveCaller, type CallerEvents } from './keep-alive-caller.ts';

export interface LostCall {
  /** What the request ids of one connection begin with. */
  readonly connection: string;
}

const PAUSE_MS = 10;

/**
 * Callers whose request ids name their connection, so that records tell afterwards which worker served it. Steady ones
 * keep their connection; every `freshMs` another one opens a new connection for a single call.
 */
export class NumberedCallers implements CallerEvents {
  readonly lost: LostCall[] = [];
  readonly #port: number;
  readonly #callers = new Map<KeepAliveCaller, { readonly name: string; generation: number; calls: number }>();
  readonly #fresh = new Set<KeepAliveCaller>();
  readonly #timer: NodeJS.Timeout;
  #stopped = false;
  answered = 0;
  freshOpened = 0;
  /** New connections that were refused, or lost their only call. */
  freshFailed = 0;
  refused = 0;

  constructor(port: number, options: { readonly steady: number; readonly freshMs: number }) {
    this.#port = port;
    for (let i = 0; i < options.steady; i++) this.#add(`steady${i}`);
    this.#timer = setInterval(() => this.#fresh.add(this.#add(`fresh${this.freshOpened++}`)), options.freshMs);
  }

  #add(name: string): KeepAliveCaller {
    const caller = new KeepAliveCaller(this.#port, this);
    this.#callers.set(caller, { name, generation: -1, calls: 0 });
    return caller;
  }

  onReady(caller: KeepAliveCaller): void {
    const facts = this.#callers.get(caller);
    if (facts !== undefined) facts.generation++;
    this.#call(caller);
  }

  #call(caller: KeepAliveCaller): void {
    const facts = this.#callers.get(caller);
    if (this.#stopped || facts === undefined) return;
    const id = `${facts.name}.${facts.generation}.${facts.calls++}`;
    caller.send(`GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Request-Id: ${id}\r\n\r\n`);
  }

  onReply(caller: KeepAliveCaller, status: number): void {
    if (status === 200) this.answered++;
    else this.refused++;
    if (this.#fresh.has(caller)) this.#drop(caller);
    else setTimeout(() => !caller.busy && this.#call(caller), PAUSE_MS);
  }

  onLost(caller: KeepAliveCaller): void {
    if (this.#fresh.has(caller)) {
      this.freshFailed++;
      this.#drop(caller);
      return;
    }
    const facts = this.#callers.get(caller);
    if (facts !== undefined) this.lost.push({ connection: `${facts.name}.${facts.generation}` });
  }

  onClosed(caller: KeepAliveCaller): void {
    if (!this.#fresh.has(caller)) return;
    this.freshFailed++;
    this.#drop(caller);
  }

  #drop(caller: KeepAliveCaller): void {
    this.#fresh.delete(caller);
    this.#callers.delete(caller);
    caller.close();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
    for (const caller of this.#callers.keys()) caller.close();
  }
}

/** `steady3.0.17` → `steady3.0` */
export function connectionOf(requestId: string): string {
  return requestId.slice(0, requestId.lastIndexOf('.'));
}
