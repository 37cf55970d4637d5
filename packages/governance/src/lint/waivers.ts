import { isObject, listOf, pathOf, textOf, type Path } from '../document/json-value.ts';
import { UnreadableDocument, type SpecDocument } from '../document/spec-document.ts';
import type { Finding } from './finding.ts';
import { timeOf } from './lifecycle.ts';

/** A finding that somebody answers for, until a day. */
export interface Waiver {
  readonly rule: string;
  /** RFC 6901; what lies below is waived too. */
  readonly path: string;
  readonly reason: string;
  readonly owner: string;
  /** Milliseconds since 1970; from then on the finding counts again. */
  readonly expiresMs: number;
}

const FIELDS = ['rule', 'path', 'reason', 'owner', 'expires'] as const;
const DAY_MS = 86_400_000;

/** Of a file `waivers: [{rule, path, reason, owner, expires}]`. Throws `UnreadableDocument`, with the place. */
export function parseWaivers(document: SpecDocument): readonly Waiver[] {
  const root = isObject(document.root) ? document.root : {};
  if (!Array.isArray(root['waivers'])) throw wrong(document, [], 'expected `waivers`, a list');
  return listOf(root['waivers']).map((item, i) => {
    const path = ['waivers', i];
    if (!isObject(item)) throw wrong(document, path, `expected ${FIELDS.join(', ')}`);
    for (const field of FIELDS) {
      if ((textOf(item[field]) ?? '').trim() === '' && !(field === 'path' && item[field] === '')) {
        throw wrong(document, [...path, field], `a waiver needs \`${field}\``);
      }
    }
    const expiresMs = timeOf(item['expires']);
    if (expiresMs === undefined) throw wrong(document, [...path, 'expires'], '`expires` is a date such as 2027-06-30');
    const pointer = text(item['path']);
    if (pathOf(pointer) === undefined)
      throw wrong(document, [...path, 'path'], '`path` is a JSON pointer such as /paths');
    const until = text(item['expires']).length === 10 ? expiresMs + DAY_MS : expiresMs;
    return {
      rule: text(item['rule']),
      path: pointer,
      reason: text(item['reason']),
      owner: text(item['owner']),
      expiresMs: until,
    };
  });
}

function text(value: unknown): string {
  return textOf(value) ?? '';
}

function wrong(document: SpecDocument, path: Path, message: string): UnreadableDocument {
  return new UnreadableDocument(message, document.placeOf(path));
}

export interface Waived {
  readonly findings: readonly Finding[];
  readonly waived: readonly Finding[];
  /** Those that waive nothing any more. */
  readonly expired: readonly Waiver[];
}

export function withoutWaived(findings: readonly Finding[], waivers: readonly Waiver[], nowMs: number): Waived {
  const live = new Map<string, Waiver[]>();
  for (const waiver of waivers) {
    if (waiver.expiresMs > nowMs) live.set(waiver.rule, [...(live.get(waiver.rule) ?? []), waiver]);
  }
  const isWaived = ({ rule, path }: Finding): boolean =>
    live.get(rule)?.some((waiver) => path === waiver.path || path.startsWith(`${waiver.path}/`)) ?? false;
  return {
    findings: findings.filter((finding) => !isWaived(finding)),
    waived: findings.filter(isWaived),
    expired: waivers.filter((waiver) => waiver.expiresMs <= nowMs),
  };
}
