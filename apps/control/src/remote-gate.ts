import type { CallerChange } from '@gatehouse/directory';
import type { Enforcement, Gate, GateChange, GateConfig, Prepared, Preview } from '@gatehouse/services';
import type { KeptCallers } from './kept-callers.ts';
import type { FromControl, ToControl } from './protocol.ts';

type Answer = Exclude<ToControl, { kind: 'stop' | 'observed' | 'unobserved' }>;

/** Each piece is copied from thread to thread. */
const CALLERS_AT_ONCE = 10_000;

/** The gate, from the control thread: the main thread compiles and publishes. */
export class RemoteGate implements Gate {
  readonly #say: (message: FromControl) => void;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #kept: KeptCallers;
  #ids = 0;

  constructor(say: (message: FromControl) => void, kept: KeptCallers) {
    this.#say = say;
    this.#kept = kept;
  }

  async apisOfOthers(): Promise<ReadonlySet<string>> {
    const answer = await this.#asked({ kind: 'apis-of-others', id: ++this.#ids });
    return answer.kind === 'apis' ? answer.apis : new Set();
  }

  async apisOfFile(): Promise<ReadonlySet<string>> {
    const answer = await this.#asked({ kind: 'apis-of-others', id: ++this.#ids });
    return answer.kind === 'apis' && !answer.givesWay ? answer.apis : new Set();
  }

  async prepare(change: GateChange): ReturnType<Gate['prepare']> {
    const id = ++this.#ids;
    const answer = await this.#asked({ kind: 'prepare', id, change });
    if (answer.kind === 'refused') return { problems: answer.problems };
    if (answer.kind === 'failed') throw new Error(answer.reason);
    return {
      snapshot: 'snapshot' in answer ? answer.snapshot : '',
      enforce: async () => this.#enforce(id, change.callers),
    } satisfies Prepared;
  }

  async preview(change: GateChange): Promise<Preview> {
    return previewIn(await this.#asked({ kind: 'preview', id: ++this.#ids, change }));
  }

  async previewFile(file: GateConfig): Promise<Preview> {
    return previewIn(await this.#asked({ kind: 'preview-file', id: ++this.#ids, file }));
  }

  async #enforce(id: number, callers: readonly CallerChange[]): Promise<Enforcement> {
    this.#kept.append(callers);
    const answer = await this.#asked({ kind: 'enforce', id });
    if (answer.kind === 'enforced') return answer.enforcement;
    throw new Error('reason' in answer ? answer.reason : 'the gate did not say whether it enforces it');
  }

  async replaceCallers(callers: AsyncIterable<CallerChange>): Promise<void> {
    let piece: CallerChange[] = [];
    for await (const caller of this.#kept.rewritten(callers)) {
      piece.push(caller);
      if (piece.length < CALLERS_AT_ONCE) continue;
      await this.#callers(piece, false);
      piece = [];
    }
    await this.#callers(piece, true);
  }

  async #callers(callers: readonly CallerChange[], last: boolean): Promise<void> {
    const answer = await this.#asked({ kind: 'callers', id: ++this.#ids, callers, last });
    if (answer.kind === 'failed') throw new Error(answer.reason);
  }

  /** What the main thread answers. */
  hear(answer: Answer): void {
    const resolve = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    resolve?.(answer);
  }

  async #asked(message: Exclude<Extract<FromControl, { id: number }>, { kind: 'observe' }>): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.set(message.id, resolve);
      this.#say(message);
    });
  }
}

function previewIn(answer: Answer): Preview {
  if (answer.kind === 'refused') return { problems: answer.problems };
  if (answer.kind === 'previewed') return { meaning: answer.meaning };
  throw new Error('reason' in answer ? answer.reason : 'the gate did not say what it means');
}
