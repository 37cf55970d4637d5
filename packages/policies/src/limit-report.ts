import type { Verdict } from '@gatehouse/counters';
import { headerLine, type HeaderEdits } from '@gatehouse/http';
import type { Exchange, Reply } from './policy.ts';

/**
 * What a caller is told about one limit: `RateLimit-Policy: "name";q=100;w=60` and `RateLimit: "name";r=42;t=17`
 * (draft-ietf-httpapi-ratelimit-headers; both are lists of RFC 9651). Several limits of an exchange share one line.
 */
export class LimitReport {
  readonly name: string;
  readonly #limit: number;
  readonly #policy: string;

  /** `name` as it is shown; characters that would need escaping are replaced. */
  constructor(name: string, limit: { readonly limit: number; readonly windowMs: number }) {
    this.name = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
    this.#limit = limit.limit;
    this.#policy = `"${this.name}";q=${limit.limit};w=${seconds(limit.windowMs)}`;
    headerLine('ratelimit-policy', this.#policy); // throws now rather than on a request
  }

  tell(exchange: Exchange, verdict: Verdict): void {
    appendToList(exchange.replyHeaders, 'ratelimit-policy: ', this.#policy);
    const state = `"${this.name}";r=${verdict.remaining};t=${seconds(verdict.resetMs)}`;
    appendToList(exchange.replyHeaders, 'ratelimit: ', state);
    const left = verdict.allowed ? verdict.remaining / this.#limit : 0;
    if (left > (exchange.notes.limitLeft ?? 1)) return;
    exchange.notes.limit = this.name;
    exchange.notes.limitLeft = left;
  }

  refuse(code: 'limit.rate' | 'limit.quota', verdict: Verdict): Reply {
    if (verdict.retryMs === Infinity) return { code, detail: `This call costs more than "${this.name}" ever allows` };
    const wait = String(Math.max(1, seconds(verdict.retryMs)));
    const detail = `"${this.name}" allows ${this.#limit}; the next call is possible in ${wait} s`;
    return { code, detail, headers: [['retry-after', wait]] };
  }
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** Adds a member to the line that begins with `start`, or begins it. Neither can hold what would split a head. */
function appendToList(edits: HeaderEdits, start: string, member: string): void {
  const { lines } = edits;
  const inside = lines.indexOf(`\n${start}`);
  if (inside < 0 && !lines.startsWith(start)) {
    edits.lines = `${lines}${start}${member}\r\n`;
    return;
  }
  const end = lines.indexOf('\r\n', inside + 1);
  edits.lines = `${lines.slice(0, end)}, ${member}${lines.slice(end)}`;
}
