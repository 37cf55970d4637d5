import type { Exchange } from '../policy.ts';
import { writeInnerList, writeItem, type InnerList, type Item } from './structured-fields.ts';

/** What is signed (RFC 9421 §2.5); undefined where a component is not there, stands twice, or is of a kind that is not known here. */
export function signatureBase(exchange: Exchange, covered: InnerList): string | undefined {
  const seen = new Set<string>();
  const lines: string[] = [];
  const parameters = new QueryParameters(exchange.request.query);
  for (const item of covered.items) {
    const identifier = writeItem(item);
    const value = seen.has(identifier) ? undefined : componentValue(exchange, item, parameters);
    if (value === undefined) return undefined;
    seen.add(identifier);
    lines.push(`${identifier}: ${value}\n`);
  }
  return `${lines.join('')}"@signature-params": ${writeInnerList(covered)}`;
}

function componentValue(
  { request }: Exchange,
  { value: name, parameters }: Item,
  query: QueryParameters,
): string | undefined {
  if (typeof name !== 'string') return undefined;
  if (name === '@query-param') {
    const wanted = parameters.get('name');
    return parameters.size === 1 && typeof wanted === 'string' ? query.get(wanted) : undefined;
  }
  // `sf`, `key`, `bs`, `tr` and `req` are not known here: what they mean must not be guessed.
  if (parameters.size > 0) return undefined;
  if (name.startsWith('@')) return derived(request, name);
  return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) ? request.header(name)?.trim() : undefined;
}

type Request = Exchange['request'];

/** §2.2. Paths are canonical, as they are for everybody else here. */
function derived(request: Request, name: string): string | undefined {
  const { method, path, query, scheme } = request;
  switch (name) {
    case '@method':
      return method;
    case '@target-uri':
      return `${scheme}://${authorityOf(request)}${path}${query}`;
    case '@authority':
      return authorityOf(request);
    case '@scheme':
      return scheme;
    case '@request-target':
      return path + query;
    case '@path':
      return path;
    case '@query':
      return query === '' ? '?' : query;
    default:
      return undefined;
  }
}

function authorityOf({ authority, scheme }: Request): string {
  return authority.replace(scheme === 'https' ? /:443$/ : /:80$/, '');
}

/** §2.2.8: decoded as forms are, and encoded again in one way. Standing twice, one could mean either. Read once, when first asked. */
class QueryParameters {
  readonly #query: string;
  #values: Map<string, string | undefined> | undefined;

  constructor(query: string) {
    this.#query = query;
  }

  get(encodedName: string): string | undefined {
    const wanted = decoded(encodedName);
    const value = wanted === undefined ? undefined : (this.#values ??= this.#read()).get(wanted);
    return value === undefined ? undefined : encodeQuery(value);
  }

  #read(): Map<string, string | undefined> {
    const values = new Map<string, string | undefined>();
    for (const [name, value] of new URLSearchParams(this.#query))
      values.set(name, values.has(name) ? undefined : value);
    return values;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The percent-encode set of forms, without the plus for a space. */
function encodeQuery(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
