import type { ExchangeRecord } from '@gatehouse/record';
import { keyValue, type KeyValue } from './otlp-model.ts';

/** Methods that the conventions know; others would be names that a caller makes up. */
const METHODS: ReadonlySet<string> = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '));

/** For names of spans. */
export function knownMethod(method: string): string {
  return METHODS.has(method) ? method : 'HTTP';
}

export function methodAttributes(method: string): KeyValue[] {
  if (METHODS.has(method)) return [keyValue('http.request.method', method)];
  const other = keyValue('http.request.method', '_OTHER');
  return method === '' ? [other] : [other, keyValue('http.request.method_original', method)];
}

/** `<api> <METHOD> <path>`: the path, with its parameters as they are written. */
export function routePath({ route }: ExchangeRecord): string | undefined {
  return route === undefined ? undefined : /^\S+ \S+ (\/.*)$/.exec(route)?.[1];
}

/** `HOST`, `HOST:PORT`, `[v6]:PORT`; an endpoint has `scheme://` in front. */
export function serverAttributes(authority: string): KeyValue[] {
  const [, name = '', port] = /^(?:https?:\/\/)?(\[[^\]]*\]|[^:/]*)(?::(\d{1,5}))?/.exec(authority) ?? [];
  if (name === '') return [];
  const address = keyValue('server.address', name.replace(/^\[|\]$/g, ''));
  return port === undefined ? [address] : [address, keyValue('server.port', Number(port))];
}

/** Why a call has failed: our code, or the status that an upstream gave. Of refusals by status it is the caller's fault. */
export function errorType({ status, code }: ExchangeRecord): string | undefined {
  return code ?? (status >= 500 ? String(status) : undefined);
}

/** What any span or log record of a call says of its request. */
export function requestAttributes(record: ExchangeRecord): KeyValue[] {
  const path = routePath(record);
  const error = errorType(record);
  return [
    ...methodAttributes(record.method),
    ...(path === undefined ? [] : [keyValue('http.route', path)]),
    ...(record.path === '' ? [] : [keyValue('url.path', record.path)]),
    ...serverAttributes(record.host),
    ...(error === undefined ? [] : [keyValue('error.type', error)]),
  ];
}
