import type { Enforcement, Gate, GateConfig, Prepared } from '@gatehouse/services';
import type { FromControl, ToControl } from './protocol.ts';

type Answer = Exclude<ToControl, { kind: 'stop' }>;

/** The gate, from the control thread: the main thread compiles and publishes. */
export class RemoteGate implements Gate {
  readonly #say: (message: FromControl) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #ids = 0;

  constructor(say: (message: FromControl) => void) {
    this.#say = say;
  }

  async apisOfOthers(): Promise<ReadonlySet<string>> {
    const answer = await this.#asked({ kind: 'apis-of-others', id: ++this.#ids });
    return answer.kind === 'apis' ? answer.apis : new Set();
  }

  async prepare(config: GateConfig): ReturnType<Gate['prepare']> {
    const id = ++this.#ids;
    const answer = await this.#asked({ kind: 'prepare', id, config });
    if (answer.kind === 'refused') return { problems: answer.problems };
    if (answer.kind === 'failed') throw new Error(answer.reason);
    return {
      snapshot: 'snapshot' in answer ? answer.snapshot : '',
      enforce: async () => this.#enforce(id),
    } satisfies Prepared;
  }

  async #enforce(id: number): Promise<Enforcement> {
    const answer = await this.#asked({ kind: 'enforce', id });
    if (answer.kind === 'enforced') return answer.enforcement;
    throw new Error('reason' in answer ? answer.reason : 'the gate did not say whether it enforces it');
  }

  /** What the main thread answers. */
  hear(answer: Answer): void {
    const resolve = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    resolve?.(answer);
  }

  async #asked(message: Extract<FromControl, { id: number }>): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.set(message.id, resolve);
      this.#say(message);
    });
  }
}
