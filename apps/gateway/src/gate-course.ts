import type { CourseHead, ReplyCourse, ReplyWriter } from '@gatehouse/http';
import type { ErrorCode } from '@gatehouse/kernel';
import type { Exchange, ReplyDraft, ReplyFilter, ReplySink, Step } from '@gatehouse/policies';

export interface CourseOwner {
  readonly exchange: Exchange;
  readonly writer: ReplyWriter;
  /** The head as it stands when the first of it must be written. */
  headOf(draft: ReplyDraft): CourseHead;
  onFault(error: unknown): void;
}

/** The way of one reply through the policies that take replies, from the upstream's side to the caller's. */
export class GateCourse implements ReplyCourse {
  readonly #owner: CourseOwner;
  readonly #draft: ReplyDraft;
  readonly #first: Link;
  readonly #filters: ReplyFilter[] = [];
  #trailers = '';
  #over = false;

  /** `hooks` come in the order in which replies pass them. */
  constructor(owner: CourseOwner, draft: ReplyDraft, hooks: readonly Step<'onReply'>[]) {
    this.#owner = owner;
    this.#draft = draft;
    this.#first = new Link(this);
    let last = this.#first;
    for (const { run } of hooks) {
      const next = new Link(this);
      const filter = run(owner.exchange, draft, next);
      if (filter === undefined) continue;
      this.#filters.push(filter);
      last.leadTo(filter, next);
      last = next;
    }
    last.leadTo(this.#end(), undefined);
  }

  #end(): ReplyFilter {
    const { writer } = this.#owner;
    return {
      head: () => writer.writeHead(this.#owner.headOf(this.#draft)),
      data: (bytes) => writer.writeData(bytes),
      end: () => {
        this.#over = true;
        writer.writeEnd(this.#trailers);
      },
    };
  }

  get over(): boolean {
    return this.#over;
  }

  head(): void {
    this.#first.head();
  }

  data(bytes: Buffer): void {
    this.#first.data(bytes);
  }

  end(trailers: string): void {
    this.#trailers = trailers;
    this.#first.end();
  }

  broken(): void {
    if (this.#over) return;
    this.#over = true;
    for (const filter of this.#filters) filter.broken?.();
  }

  fail(code: ErrorCode, detail: string): void {
    if (!this.#over) this.#owner.writer.refuse({ code, detail });
  }

  hold(on: boolean): void {
    if (!this.#over) this.#owner.writer.hold(on);
  }

  /** Filters may speak from callbacks of their own, where nobody else would catch what they throw. */
  guard(deal: () => void): void {
    if (this.#over) return;
    try {
      deal();
    } catch (error) {
      this.#owner.onFault(error);
    }
  }
}

/** Between two filters: what the one says is what the next hears, each thing once and in order. */
class Link implements ReplySink {
  readonly #course: GateCourse;
  #to: ReplyFilter | undefined;
  #beyond: Link | undefined;
  #begun = false;
  #ended = false;

  constructor(course: GateCourse) {
    this.#course = course;
  }

  /** `beyond` is what that filter says; undefined at the end. */
  leadTo(filter: ReplyFilter, beyond: Link | undefined): void {
    this.#to = filter;
    this.#beyond = beyond;
  }

  head(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#course.guard(() => {
      if (this.#to?.head === undefined) this.#beyond?.head();
      else this.#to.head();
    });
  }

  data(bytes: Buffer): void {
    if (this.#ended) return;
    this.head();
    this.#course.guard(() => this.#to?.data(bytes));
  }

  end(): void {
    if (this.#ended) return;
    this.head();
    this.#ended = true;
    this.#course.guard(() => this.#to?.end());
  }

  fail(code: ErrorCode, detail: string): void {
    this.#course.fail(code, detail);
  }

  hold(on: boolean): void {
    this.#course.hold(on);
  }
}
