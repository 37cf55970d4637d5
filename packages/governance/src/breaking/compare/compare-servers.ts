import { basePathOf, serversOf } from '../canonicalise/servers.ts';
import type { Met, Report, Scope } from './report.ts';

/** Where the operations are. Without servers a document says nothing about it. */
export function compareServers(report: Report, scope: Scope, [old, newer]: Met): void {
  const olds = serversOf(old);
  const news = serversOf(newer);
  if (olds.size === 0 && news.size === 0) return;
  const oldPaths = new Set([...olds].map(basePathOf));
  const newPaths = new Set([...news].map(basePathOf));
  if (olds.size > 0 && news.size > 0 && oldPaths.isDisjointFrom(newPaths)) {
    const [from, to] = [oldPaths, newPaths].map((paths) => [...paths].toSorted().join(', '));
    report.note(scope, 'base-path-changed', { path: 'servers', from: from ?? '', to: to ?? '' });
    return;
  }
  for (const what of olds) if (!news.has(what)) report.note(scope, 'server-removed', { path: 'servers', what });
  for (const what of news) if (!olds.has(what)) report.note(scope, 'server-added', { path: 'servers', what });
}
