import {
  FIELD,
  HeaderEdits,
  httpDate,
  type Forward,
  type HeadProblem,
  type ReplyCourse,
  type ReplyHead,
  type ServerConnection,
} from '@gatehouse/http';
import type { Exchange, OwnReply, Reply, Step } from '@gatehouse/policies';
import type { CompiledRoute } from './compiled-route.ts';
import { GateCourse, type CourseOwner } from './gate-course.ts';
import { ownMessage } from './problem.ts';
import { draftOf, headOf, ownDraft } from './reply-drafts.ts';

/** Whose replies they are. */
export interface RepliesOwner extends Exchange {
  readonly caller: ServerConnection;
  readonly forward: Forward;
  readonly method: string;
}

const NONE: readonly never[] = [];

/** How the replies of one exchange reach its caller: the upstream's, and those that the gate or a policy gives itself. */
export class GateReplies {
  /** Whose policies they pass; undefined before one is matched. */
  route: CompiledRoute | undefined;
  /** Finished lines that a refusal carries. */
  refusalLines = '';
  readonly #owner: RepliesOwner;
  #edits: HeaderEdits | undefined;

  constructor(owner: RepliesOwner) {
    this.#owner = owner;
  }

  /** What policies change in every head, refusals included. */
  get edits(): HeaderEdits {
    return (this.#edits ??= new HeaderEdits());
  }

  /** `place`: of the policy that answers; the reply passes those between it and the caller. */
  give(reply: Reply, place: number): void {
    const { forward, caller, method } = this.#owner;
    if ('code' in reply) {
      if (reply.cut === true) {
        caller.cut(reply.code);
        return;
      }
      this.refusalLines += lines(reply.headers ?? NONE);
      const { code, detail, violations } = reply;
      forward.refuse(violations === undefined ? { code, detail } : { code, detail, violations });
      return;
    }
    const hooks = this.route?.onReply.filter((step) => step.place < place) ?? NONE;
    if (hooks.length > 0 || this.route?.onReplyHead.some((step) => step.place < place) === true) {
      this.#giveBy(hooks, reply, place);
      return;
    }
    const dated = reply.headers.some(([name]) => name === 'date');
    const head = { status: reply.status, lines: lines(reply.headers) + this.ownLines(), dated };
    const options = { keepAlive: caller.persists, headOnly: method === 'HEAD' };
    forward.answer({ status: reply.status, message: ownMessage(head, reply.body, options) }, undefined);
  }

  #giveBy(hooks: readonly Step<'onReply'>[], reply: OwnReply, place: number): void {
    const { forward, method } = this.#owner;
    if (forward.over) return;
    const { draft, body } = ownDraft(reply);
    const course = new GateCourse(this.#courseOwner(place), draft, hooks);
    forward.take(course);
    course.head();
    if (method !== 'HEAD' && body.length > 0) course.data(body);
    course.end('');
  }

  #courseOwner(place: number): CourseOwner {
    const { forward } = this.#owner;
    return {
      exchange: this.#owner,
      writer: forward,
      headOf: (draft) => {
        for (const step of this.route?.onReplyHead ?? NONE) if (step.place < place) step.run(this.#owner, draft);
        return headOf(draft, this.#edits, this.ownLines());
      },
      onFault: (error) => forward.onFault(error),
    };
  }

  courseOf(reply: ReplyHead): ReplyCourse | undefined {
    const hooks = this.#takers();
    if (hooks.length === 0) return undefined;
    return new GateCourse(this.#courseOwner(Infinity), draftOf(reply, this.#owner.method), hooks);
  }

  #takers(): readonly Step<'onReply'>[] {
    const steps = this.route?.onReply ?? NONE;
    if (steps.every(({ wants }) => wants === undefined)) return steps;
    return steps.filter(({ wants }) => wants === undefined || wants(this.#owner));
  }

  /** No upstream has given a reply; true when a policy gives another. */
  rescue(problem: HeadProblem): boolean {
    for (const { run, place } of this.route?.onFailure ?? NONE) {
      const reply = run(this.#owner, problem);
      if (reply === undefined) continue;
      this.give(reply, place);
      return true;
    }
    return false;
  }

  /** The gate's lines of an upstream's reply; takes out of its head what policies want out. */
  lines(reply: ReplyHead): string {
    const hooks = this.route?.onReplyHead ?? NONE;
    if (hooks.length > 0) {
      const view = { status: reply.status, header: (name: string) => reply.fields.get(name) };
      for (const { run } of hooks) run(this.#owner, view);
    }
    for (const name of this.#edits?.removed ?? NONE) reply.fields.remove(name);
    // RFC 9110 §6.6.1: a recipient with a clock adds what an upstream without one left out.
    return reply.fields.has(FIELD.date) ? this.ownLines() : `date: ${httpDate()}\r\n${this.ownLines()}`;
  }

  /** All of the gate's lines of a refusal. */
  linesOf(problem: HeadProblem): string {
    return (problem.lines ?? '') + this.refusalLines + this.ownLines();
  }

  /** Lines of every reply of this exchange. */
  ownLines(): string {
    return `x-request-id: ${this.#owner.id}\r\n${this.#edits?.lines ?? ''}`;
  }
}

function lines(headers: readonly (readonly [string, string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}
