import type { Operation } from '../canonicalise/paths.ts';
import { fieldOf, isObject, listOf, objectOf, textOf, type RawObject } from '../canonicalise/raw-value.ts';
import { alternativeText, suffices, type Alternative } from '../canonicalise/security.ts';
import type { Report, Scope } from './report.ts';

/** Whoever got in must still get in, with what they have. */
export function compareSecurity(report: Report, scope: Scope, [old, newer]: readonly [Operation, Operation]): void {
  const olds = report.old.security.alternativesOf(old.raw);
  const news = report.new.security.alternativesOf(newer.raw);
  const to = news.map(alternativeText).toSorted().join(' or ');
  const kept = new Set<Alternative>();
  for (const alternative of olds) {
    const enough = news.filter((other) => suffices(alternative, other));
    for (const other of enough) kept.add(other);
    if (enough.length > 0) continue;
    const from = alternativeText(alternative);
    const widened = news.find((other) => sameSchemes(alternative, other));
    if (widened !== undefined) kept.add(widened);
    if (alternative.size === 0) report.note(scope, 'security-added', { path: 'security', to });
    else if (widened === undefined) report.note(scope, 'security-alternative-removed', { path: 'security', from, to });
    else report.note(scope, 'security-scope-added', { path: 'security', from, to: alternativeText(widened) });
  }
  const open = (all: readonly Alternative[]): boolean => all.some(({ size }) => size === 0);
  if (open(news) && !open(olds)) report.note(scope, 'security-removed', { path: 'security' });
  for (const other of news) if (other.size > 0) noteOffer(report, scope, { other, olds, kept });
}

interface Offer {
  readonly other: Alternative;
  readonly olds: readonly Alternative[];
  readonly kept: ReadonlySet<Alternative>;
}

function noteOffer(report: Report, scope: Scope, { other, olds, kept }: Offer): void {
  const to = alternativeText(other);
  if (!kept.has(other)) report.note(scope, 'security-alternative-added', { path: 'security', to });
  else {
    const before = olds.find((old) => sameSchemes(old, other) && suffices(old, other));
    if (before === undefined || alternativeText(before) === to) return;
    if (olds.some((old) => alternativeText(old) === to)) return;
    report.note(scope, 'security-scope-removed', { path: 'security', from: alternativeText(before), to });
  }
}

function sameSchemes(a: Alternative, b: Alternative): boolean {
  return a.size === b.size && [...a.keys()].every((scheme) => b.has(scheme));
}

/** The schemes that operations ask for: what they are, and where their tokens come from. */
export function compareSchemes(report: Report, scope: Scope, operations: Iterable<Operation>): void {
  const { old, new: newer } = report;
  const used = new Set(namesIn(fieldOf(old.root, 'security')));
  for (const { raw } of operations) for (const name of namesIn(raw['security'])) used.add(name);
  const byKey = new Map([...newer.security.schemes].map(([name, scheme]) => [newer.security.keyOf(name), scheme]));
  for (const what of [...used].toSorted()) {
    const scheme = old.security.schemes.get(what);
    const other = newer.security.schemes.get(what) ?? byKey.get(old.security.keyOf(what));
    if (scheme === undefined || other === undefined) continue;
    const [from, to] = [old.security.keyOf(what), newer.security.keyOf(what)];
    const path = `components.securitySchemes.${what}`;
    const renamed = !newer.security.schemes.has(what);
    if (from !== to && !renamed && scheme['type'] !== 'oauth2') {
      report.note(scope, 'security-scheme-changed', { path, what, from, to });
    } else compareFlows(report, { scope, path }, [scheme, other]);
  }
}

function namesIn(security: unknown): readonly string[] {
  return listOf(security).flatMap((alternative) => (isObject(alternative) ? Object.keys(alternative) : []));
}

const URLS = ['authorizationUrl', 'tokenUrl', 'deviceAuthorizationUrl'] as const;

function compareFlows(
  report: Report,
  { scope, path }: Readonly<{ scope: Scope; path: string }>,
  [old, newer]: readonly [RawObject, RawObject],
): void {
  const flows = objectOf(newer['flows']);
  for (const [what, flow] of Object.entries(objectOf(old['flows']))) {
    const other = fieldOf(flows, what);
    if (other === undefined) {
      report.note(scope, 'security-flow-removed', { path, what });
      continue;
    }
    for (const key of URLS) {
      const [from = '', to = ''] = [textOf(fieldOf(flow, key)), textOf(fieldOf(other, key))];
      if (from !== to) report.note(scope, 'security-url-changed', { path: `${path}.${what}`, what: key, from, to });
    }
    const scopes = objectOf(fieldOf(other, 'scopes'));
    for (const name of Object.keys(objectOf(fieldOf(flow, 'scopes')))) {
      if (Object.hasOwn(scopes, name)) continue;
      report.note(scope, 'security-scope-withdrawn', { path: `${path}.${what}`, what: name });
    }
  }
}
