import { fieldOf, objectOf } from '../canonicalise/raw-value.ts';
import type { References } from '../canonicalise/references.ts';
import { compareContent } from './compare-content.ts';
import { compareHeaders } from './compare-parameters.ts';
import { outbound, type Met, type Report, type Scope } from './report.ts';

/** Status, range such as `2XX`, or `default` → response. */
type Responses = ReadonlyMap<string, unknown>;

/** Status codes and what stands behind them. What a range or `default` covers is not gone. */
export function compareResponses(report: Report, scope: Scope, [oldWritten, newWritten]: Met): void {
  const olds = responsesOf(oldWritten, report.old.nodes.references);
  const news = responsesOf(newWritten, report.new.nodes.references);
  const met = new Set<string>();
  for (const [status, old] of olds) {
    const partners = partnersOf(status, [news, olds]);
    for (const partner of partners) {
      met.add(partner);
      compareResponse(report, { scope, status }, [old, news.get(partner)]);
    }
    if (partners.length === 0) report.note(scope, removalOf(scope, isSuccess(status, olds)), wordsOf(status));
  }
  for (const [status, newer] of news) {
    if (met.has(status)) continue;
    const range = rangeOf(status);
    if (olds.has(range)) compareResponse(report, { scope, status }, [olds.get(range), newer]);
    else report.note(scope, additionOf(scope, isSuccess(status, news)), wordsOf(status));
  }
}

function responsesOf(written: unknown, references: References): Responses {
  const entries = Object.entries(objectOf(written)).filter(([status]) => !status.startsWith('x-'));
  return new Map(entries.map(([status, response]) => [statusOf(status), references.resolve(response)]));
}

function statusOf(written: string): string {
  return /^default$/i.test(written) ? 'default' : written.toUpperCase();
}

function rangeOf(status: string): string {
  return /^[1-5]/.test(status) ? `${status.slice(0, 1)}XX` : status;
}

function partnersOf(status: string, [news, olds]: readonly [Responses, Responses]): readonly string[] {
  const range = rangeOf(status);
  if (news.has(status)) return [status];
  if (news.has(range)) return [range];
  const within = status === range ? [...news.keys()].filter((other) => rangeOf(other) === range) : [];
  if (within.length > 0) return within;
  return news.has('default') && !olds.has('default') ? ['default'] : [];
}

/** `default` is for errors, unless it stands for all. */
function isSuccess(status: string, all: Responses): boolean {
  if (status !== 'default') return status.startsWith('2');
  return ![...all.keys()].some((other) => other.startsWith('2'));
}

function removalOf(scope: Scope, success: boolean) {
  if (!success) return 'error-status-removed' as const;
  return scope.reversed ? ('accepted-status-removed' as const) : ('success-status-removed' as const);
}

function additionOf(scope: Scope, success: boolean) {
  if (!success) return 'error-status-added' as const;
  return scope.reversed ? ('accepted-status-added' as const) : ('success-status-added' as const);
}

function wordsOf(status: string): { readonly path: string; readonly what: string } {
  return { path: `responses.${status}`, what: status };
}

function compareResponse(
  report: Report,
  { scope, status }: Readonly<{ scope: Scope; status: string }>,
  [old, newer]: Met,
): void {
  const path = `responses.${status}`;
  compareHeaders(report, { scope, path }, [old, newer]);
  compareContent(report, { scope, path, direction: outbound(scope) }, [
    fieldOf(old, 'content'),
    fieldOf(newer, 'content'),
  ]);
  const links = objectOf(fieldOf(newer, 'links'));
  for (const what of Object.keys(objectOf(fieldOf(old, 'links')))) {
    if (!Object.hasOwn(links, what)) report.note(scope, 'link-removed', { path: `${path}.links.${what}`, what });
  }
}
