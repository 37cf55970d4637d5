import {
  headerOf,
  refreshed,
  selectingFields,
  storage,
  validators,
  type Field,
  type StoredReply,
  type StoreOptions,
} from '@gatehouse/cache';
import type { Exchange, PolicyRuntime } from '../policy.ts';

export interface RefreshRules extends StoreOptions {
  readonly bytesMax: number;
}

const TIMEOUT_MS = 30_000;

/**
 * Asks the upstream for a newer reply while its caller has the old one already (RFC 5861 §3). One at a time over all
 * workers; a failure leaves what there is. Only for replies that are anybody's: the upstream is told of no caller.
 */
export function refreshBehind(
  exchange: Exchange,
  runtime: PolicyRuntime,
  { url, stored, rules }: { readonly url: string; readonly stored: StoredReply; readonly rules: RefreshRules },
): void {
  const flight = runtime.cache.flights.begin(`refresh ${url}`, runtime.clock.now(), 0);
  if (flight.kind !== 'lead') return;
  const requestMs = runtime.clock.now();
  // Read now: the next request on this connection has other fields.
  const selecting = stored.selecting.flatMap(([name]): Field[] => {
    const value = exchange.request.header(name);
    return value === undefined ? [] : [[name, value]];
  });
  const request = headerOf(selecting);
  const refresh = async (): Promise<void> => {
    const { status, headers, body } = await runtime.askUpstream({
      upstream: exchange.upstream,
      method: 'GET',
      target: exchange.upstreamTarget,
      headers: [...selecting, ...validators(stored)],
      timeoutMs: TIMEOUT_MS,
      bytesMax: rules.bytesMax,
    });
    const responseMs = runtime.clock.now();
    if (status === 304) {
      runtime.cache.keep(url, refreshed(stored, { fields: headers, requestMs, responseMs }), []);
      return;
    }
    const fields = headers.filter(([name]) => name !== 'content-length');
    const verdict = storage(
      { method: 'GET', header: request, identified: false },
      { status, fields, responseMs },
      rules,
    );
    if (!verdict.kept || status >= 500) return;
    const vary = selectingFields(headerOf(fields)('vary'), request);
    runtime.cache.keep(url, { status, fields, body, requestMs, responseMs, selecting: vary, partition: '' }, []);
  };
  refresh()
    .catch((error: unknown) => {
      runtime.log.debug('a reply could not be refreshed', { url, error: String(error) });
    })
    .finally(() => runtime.cache.flights.end(flight.ticket));
}
