import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { matches, type KeptRecord, type LedgerExported, type StoredBody } from '@gatehouse/analytics';
import type { BodyKey } from '@gatehouse/record';
import { tailRecords } from '@gatehouse/record/spool';
import type { Analytics, ExportedRecords, Ledger } from '@gatehouse/services';
import { openedBody } from './opened-body.ts';
import type { FromControl, ObservedQuestion, ToControl } from './protocol.ts';

type Answer = Extract<ToControl, { kind: 'observed' | 'unobserved' }>;

export interface RemoteOptions {
  /** Opens bodies. */
  readonly bodyKey: BodyKey;
  /** What that gate is called. */
  readonly node: string;
  /** The spool of the gate beside us. */
  readonly records: string;
  /** Where exports are written, and deleted as they have been read. */
  readonly exports: string;
}

/** What is known of calls, from the control thread: the main thread hands questions on to the observer. */
export class RemoteAnalytics implements Analytics {
  readonly #say: (message: FromControl) => void;
  readonly #options: RemoteOptions;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #end = new AbortController();
  #ids = 0;

  constructor(say: (message: FromControl) => void, options: RemoteOptions) {
    this.#say = say;
    this.#options = options;
    // What is left of readers that did not come back.
    rmSync(options.exports, { recursive: true, force: true });
  }

  aggregate: Analytics['aggregate'] = async (query) => this.#ask('aggregate', query);

  search: Analytics['search'] = async (query) => this.#ask('search', query);

  find: Analytics['find'] = async (id, scope) => this.#ask('find', { id, scope });

  bodies: Analytics['bodies'] = async (of) => {
    const sealed = await this.#ask<readonly StoredBody[]>('bodies', of);
    return sealed.map((line) => openedBody(line, this.#options.bodyKey));
  };

  readonly ledger: Ledger = {
    sums: async (query) => this.#ask('ledgerSums', query),
    rerate: async (order) => this.#ask('ledgerRerate', order),
    verify: async (asked) => this.#ask('ledgerVerify', asked),
    export: async () => {
      const file = this.#exportFile();
      return { ...(await this.#ask<LedgerExported>('ledgerExport', { file })), content: readOnce(file) };
    },
  };

  export: Analytics['export'] = async (order) => {
    const file = this.#exportFile();
    const facts = await this.#ask<Omit<ExportedRecords, 'content'>>('export', { ...order, file });
    return { ...facts, content: readOnce(file) };
  };

  /** From the spool itself: what is written is seen at once, and the store is not asked. */
  async *follow({ where, scope }: Parameters<Analytics['follow']>[0]): AsyncGenerator<KeptRecord> {
    const { records, node } = this.#options;
    const { signal } = this.#end;
    for await (const item of tailRecords(records, { last: 0, follow: true, signal })) {
      if (item.kind !== 'record') continue;
      const record = { ...item.record, node };
      if (matches(record, { where, scope })) yield record;
    }
  }

  /** Whoever follows hears that there is no more. */
  close(): void {
    this.#end.abort();
  }

  /** What the main thread answers. */
  hear(answer: Answer): void {
    const resolve = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    resolve?.(answer);
  }

  #exportFile(): string {
    const { exports } = this.#options;
    mkdirSync(exports, { recursive: true, mode: 0o700 });
    return path.join(exports, randomUUID());
  }

  /** Both ends are of one version: the answer fits the question. */
  async #ask<Answered>(question: ObservedQuestion, asked: unknown): Promise<Answered> {
    const id = ++this.#ids;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#say({ kind: 'observe', id, question, asked });
    });
    if (answer.kind === 'unobserved') throw new Error(answer.reason);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    return answer.answer as Answered;
  }
}

async function* readOnce(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(file)) yield piece;
  } finally {
    rmSync(file, { force: true });
  }
}
