import type { Logger } from '@gatehouse/kernel';
import type { Exchange, ReplyFilter, ReplySink } from '../policy.ts';
import type { ReplyDraft } from '../reply-draft.ts';
import type { BodyPlan } from '../contract/plan-checks.ts';
import { violationNote, type Violation } from '../contract/violation.ts';

export interface WatchRules {
  /** Holds the reply back; else it goes on, and what was found is told. */
  readonly enforces: boolean;
  readonly bytesMax: number;
  readonly log: Logger;
}

interface Watched {
  readonly exchange: Exchange;
  readonly draft: ReplyDraft;
  readonly sink: ReplySink;
}

const CODED: Violation = { in: 'header', path: '/content-encoding', message: 'hides the body' };
const TOO_LONG: Violation = { in: 'body', path: '', message: 'is too long to be looked at' };

/** Looks at one reply. */
export class ReplyWatch implements ReplyFilter {
  readonly #watched: Watched;
  readonly #rules: WatchRules;
  readonly #violationsOf: (body: Buffer) => readonly Violation[];
  #pieces: Buffer[] | undefined = [];
  #length = 0;

  /** Undefined: nothing is to be done about it. */
  static of(watched: Watched, plan: BodyPlan, rules: WatchRules): ReplyFilter | undefined {
    const { draft, exchange } = watched;
    const bodiless = exchange.request.method === 'HEAD' || draft.status === 204 || draft.status === 304;
    if (plan.kind === 'settled') return settledBy(plan.violations, watched, rules);
    if (bodiless) return undefined;
    const coding = draft.header('content-encoding') ?? 'identity';
    if (coding !== 'identity') return settledBy([CODED], watched, rules);
    return new ReplyWatch(watched, (body) => plan.violationsOf(body), rules);
  }

  private constructor(watched: Watched, violationsOf: (body: Buffer) => readonly Violation[], rules: WatchRules) {
    this.#watched = watched;
    this.#violationsOf = violationsOf;
    this.#rules = rules;
  }

  head(): void {
    if (!this.#rules.enforces) this.#watched.sink.head();
  }

  data(bytes: Buffer): void {
    const { enforces, bytesMax } = this.#rules;
    this.#length += bytes.length;
    if (this.#length <= bytesMax) this.#pieces?.push(Buffer.from(bytes));
    else if (this.#pieces !== undefined) {
      this.#pieces = undefined;
      if (enforces) refuse([TOO_LONG], this.#watched, this.#rules);
    }
    if (!enforces) this.#watched.sink.data(bytes);
  }

  end(): void {
    const { sink } = this.#watched;
    // Longer than anybody looks at.
    if (this.#pieces === undefined) {
      if (!this.#rules.enforces) sink.end();
      return;
    }
    const body = Buffer.concat(this.#pieces, this.#length);
    const violations = this.#violationsOf(body);
    if (violations.length > 0) tell(violations, this.#watched, this.#rules);
    if (!this.#rules.enforces) sink.end();
    else if (violations.length > 0) sink.fail('upstream.invalid_reply', WHAT);
    else {
      if (body.length > 0) sink.data(body);
      sink.end();
    }
  }
}

const WHAT = 'the upstream’s reply does not fit its description';

/** What the head alone says. */
function settledBy(violations: readonly Violation[], watched: Watched, rules: WatchRules): ReplyFilter | undefined {
  if (violations.length === 0) return undefined;
  if (!rules.enforces) {
    tell(violations, watched, rules);
    return undefined;
  }
  return { head: () => refuse(violations, watched, rules), data: () => {}, end: () => {} };
}

function refuse(violations: readonly Violation[], watched: Watched, rules: WatchRules): void {
  tell(violations, watched, rules);
  watched.sink.fail('upstream.invalid_reply', WHAT);
}

/** The caller learns that, the operator learns what. */
function tell(violations: readonly Violation[], { exchange }: Watched, { log }: WatchRules): void {
  const [first] = violations;
  (exchange.notes.policies ??= {})['validate'] = violationNote('reply', violations);
  const where = `${first?.in ?? ''} ${first?.path ?? ''}`.trim();
  log.warn('a reply does not fit the document', {
    requestId: exchange.id,
    route: exchange.route.id,
    where,
    why: first?.message,
  });
}
