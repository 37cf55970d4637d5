/**
 * A program of its own: calls at a fixed mean rate, whether or not earlier calls have been answered, and measures each
 * from the moment at which it ought to have begun. A proxy that stalls is charged for all calls that waited for it.
 */
import { parseArgs } from 'node:util';
import { Histogram } from './histogram.ts';
import { KeepAliveCaller, type CallerEvents } from './keep-alive-caller.ts';

interface Job {
  readonly port: number;
  readonly perSecond: number;
  /** Sent but not counted. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly connections: number;
  readonly request: string;
}

/** A timer of Node's is exact to a millisecond; a nap between two looks at the sockets is exact to some 50 µs. */
const NAP_MS = 0.05;
const GRACE_MS = 3000;
const SEED = 0x9e3779b9;

class OpenLoop implements CallerEvents {
  readonly #job: Job;
  readonly #callers: KeepAliveCaller[] = [];
  /** Last in, first out: the same few connections are busy as long as replies are quick. */
  readonly #idle: KeepAliveCaller[] = [];
  /** Calls that are due and have no connection yet. */
  #waiting: number[] = [];
  readonly #latency = new Histogram();
  readonly #lateness = new Histogram();
  readonly #nap = new Int32Array(new SharedArrayBuffer(4));
  readonly #done: () => void;
  readonly #start: number;
  #next: number;
  #random = SEED;
  #counted = 0;
  #failed = 0;
  #outstanding = 0;

  constructor(job: Job, done: () => void) {
    this.#job = job;
    this.#done = done;
    this.#start = performance.now() + 200;
    this.#next = this.#start;
    for (let i = 0; i < job.connections; i++) this.#callers.push(new KeepAliveCaller(job.port, this));
    setImmediate(this.#turn);
  }

  onReady(caller: KeepAliveCaller): void {
    const waited = this.#waiting.shift();
    if (waited === undefined) this.#idle.push(caller);
    else this.#send(caller, waited);
  }

  onReply(caller: KeepAliveCaller, status: number): void {
    this.#outstanding--;
    if (this.#counts(caller.intended)) {
      this.#latency.add((performance.now() - caller.intended) * 1000);
      if (status < 200 || status > 299) this.#failed++;
    }
    this.onReady(caller);
  }

  onLost(caller: KeepAliveCaller): void {
    this.#outstanding--;
    if (this.#counts(caller.intended)) this.#failed++;
  }

  onClosed(caller: KeepAliveCaller): void {
    const at = this.#idle.indexOf(caller);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  #counts(intended: number): boolean {
    return intended >= this.#start + this.#job.warmUpMs;
  }

  #send(caller: KeepAliveCaller, intended: number): void {
    caller.intended = intended;
    caller.send(this.#job.request);
  }

  readonly #turn = (): void => {
    const now = performance.now();
    const { warmUpMs, measuredMs } = this.#job;
    const end = this.#start + warmUpMs + measuredMs;
    while (this.#next <= now && this.#next < end) this.#call(this.#next, now);
    if (now > end && (this.#outstanding === 0 || now > end + GRACE_MS)) {
      this.#done();
      return;
    }
    Atomics.wait(this.#nap, 0, 0, Math.min(NAP_MS, Math.max(0, this.#next - performance.now())));
    setImmediate(this.#turn);
  };

  #call(intended: number, now: number): void {
    this.#next += this.#gap();
    this.#outstanding++;
    if (this.#counts(intended)) {
      this.#counted++;
      this.#lateness.add((now - intended) * 1000);
    }
    const caller = this.#idle.pop();
    if (caller === undefined) this.#waiting.push(intended);
    else this.#send(caller, intended);
  }

  /** Gaps as of independent callers (a Poisson process), the same sequence in every run. */
  #gap(): number {
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0;
    return (-Math.log((this.#random + 1) / 4_294_967_297) * 1000) / this.#job.perSecond;
  }

  report(): Readonly<Record<string, number>> {
    for (const caller of this.#callers) caller.close();
    const latency = this.#latency;
    const { user, system } = process.cpuUsage();
    return {
      calls: this.#counted,
      perSecond: this.#counted / (this.#job.measuredMs / 1000),
      failed: this.#failed + this.#outstanding,
      p50: latency.quantile(0.5),
      p99: latency.quantile(0.99),
      p999: latency.quantile(0.999),
      max: latency.max,
      lateP99: this.#lateness.quantile(0.99),
      busy: (user + system) / (performance.now() * 1000),
    };
  }
}

function jobFrom(args: readonly string[]): Job {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '' },
      rate: { type: 'string', default: '1000' },
      'warm-up': { type: 'string', default: '1' },
      seconds: { type: 'string', default: '1' },
      connections: { type: 'string', default: '128' },
      header: { type: 'string', multiple: true, default: [] },
    },
  });
  const { port, header } = values;
  return {
    port: Number(port),
    perSecond: Number(values.rate),
    warmUpMs: Number(values['warm-up']) * 1000,
    measuredMs: Number(values.seconds) * 1000,
    connections: Number(values.connections),
    request: `GET / HTTP/1.1\r\n${[`Host: 127.0.0.1:${port}`, ...header].join('\r\n')}\r\n\r\n`,
  };
}

const loop = new OpenLoop(jobFrom(process.argv.slice(2)), () => {
  process.stdout.write(`${JSON.stringify(loop.report())}\n`, () => process.exit(0));
});
