import type { Verdict } from '@gatehouse/counters';
import { headerLine, type HeaderEdits } from '@gatehouse/http';
import type { Exchange, Reply } from './policy.ts';

/**
 * What a caller is told about one limit: `RateLimit-Policy: "name";q=100;w=60` and `RateLimit: "name";r=42;t=17`
 * (draft-ietf-httpapi-ratelimit-headers; both are lists of RFC 9651). Several limits of an exchange share one line.
 */
export class LimitReport {
  readonly name: string;
  /** Member of RateLimit-Policy. */
  readonly policy: string;
  readonly #limit: number;

  /** `name` as it is shown; characters that would need escaping are replaced. */
  constructor(name: string, limit: { readonly limit: number; readonly windowMs: number }) {
    this.name = name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_');
    this.policy = `"${this.name}";q=${limit.limit};w=${seconds(limit.windowMs)}`;
    this.#limit = limit.limit;
    headerLine('ratelimit-policy', this.policy); // throws now rather than on a request
  }

  /** Member of RateLimit. */
  state(verdict: Verdict): string {
    return `"${this.name}";r=${verdict.remaining};t=${seconds(verdict.resetMs)}`;
  }

  /** Keeps the limit that came nearest, for the record. */
  note({ notes }: Exchange, verdict: Verdict): void {
    const left = verdict.allowed ? verdict.remaining / this.#limit : 0;
    if (left > (notes.limitLeft ?? 1)) return;
    notes.limit = this.name;
    notes.limitLeft = left;
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

/** One or more members of each line, with commas between them. */
export interface LimitMembers {
  readonly policies: string;
  readonly states: string;
}

const POLICY_LINE = 'ratelimit-policy: ';
const STATE_LINE = 'ratelimit: ';

/** Adds members to both lines, or begins these. The members are ours and hold nothing that could split a head. */
export function showLimits(edits: HeaderEdits, { policies, states }: LimitMembers): void {
  if (edits.lines.includes(POLICY_LINE) && appendTo(edits, POLICY_LINE, policies)) appendTo(edits, STATE_LINE, states);
  else edits.lines += `${POLICY_LINE}${policies}\r\n${STATE_LINE}${states}\r\n`;
}

/** False when there is no line that begins so. */
function appendTo(edits: HeaderEdits, start: string, member: string): boolean {
  const { lines } = edits;
  const inside = lines.indexOf(`\n${start}`);
  if (inside < 0 && !lines.startsWith(start)) return false;
  const end = lines.indexOf('\r\n', inside + 1);
  edits.lines = `${lines.slice(0, end)}, ${member}${lines.slice(end)}`;
  return true;
}
