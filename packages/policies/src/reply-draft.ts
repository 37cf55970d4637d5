import { headerLine } from '@gatehouse/http';

/** The head of a reply while policies may change it. Names are lower case. */
export class ReplyDraft {
  status: number;
  /** '' for the usual one of the status. */
  reason: string;
  /**
   * Of the body that goes on: bytes, or undefined where they are not known before the end. Whoever changes the body
   * says so here; it decides the framing, and there is no such field among the others.
   */
  length: number | undefined;
  readonly #fields: [string, string][];

  constructor(head: {
    readonly status: number;
    readonly reason?: string;
    readonly fields: Iterable<readonly [string, string]>;
    readonly length: number | undefined;
  }) {
    this.status = head.status;
    this.reason = head.reason ?? '';
    this.length = head.length;
    this.#fields = Array.from(head.fields, ([name, value]) => [name, value]);
  }

  /** All values of a field, joined by `, `. */
  header(name: string): string | undefined {
    let all: string | undefined;
    for (const [each, value] of this.#fields) {
      if (each === name) all = all === undefined ? value : `${all}, ${value}`;
    }
    return all;
  }

  get fields(): readonly (readonly [string, string])[] {
    return this.#fields;
  }

  add(name: string, value: string): void {
    headerLine(name, value);
    this.#fields.push([name, value]);
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: string): void {
    for (let i = this.#fields.length - 1; i >= 0; i--) if (this.#fields[i]?.[0] === name) this.#fields.splice(i, 1);
  }

  /** Another reply takes the place of this one. */
  become(reply: {
    readonly status: number;
    readonly fields: Iterable<readonly [string, string]>;
    readonly length: number | undefined;
  }): void {
    this.status = reply.status;
    this.reason = '';
    this.length = reply.length;
    this.#fields.length = 0;
    for (const [name, value] of reply.fields) this.#fields.push([name, value]);
  }
}
