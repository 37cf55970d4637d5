import type { RequestView } from '../policy.ts';
import { cookieValues } from '../cookie-value.ts';
import { ParameterReader, type Read, type Sent } from './parameter-value.ts';
import type { OperationPlan, ParameterPlan } from './plan.ts';
import { rawPairs, type RawPair } from './query-pairs.ts';
import type { SchemaSet } from '@gatehouse/schema';
import { pointerOf, type Violation } from './violation.ts';

/** Looks at what a request says outside of its body. */
export class ParameterChecks {
  readonly #set: SchemaSet;
  readonly #readers: readonly ParameterReader[];
  readonly #knownQuery: ReadonlySet<string>;
  readonly #refusesUnknown: boolean;

  constructor(operation: OperationPlan, set: SchemaSet, { refusesUnknown }: { readonly refusesUnknown: boolean }) {
    this.#set = set;
    this.#readers = operation.parameters.map((plan) => new ParameterReader(plan, set.schemas));
    const inQuery = operation.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
    this.#knownQuery = new Set([...operation.knownQuery, ...inQuery]);
    this.#refusesUnknown = refusesUnknown;
  }

  violations(request: RequestView, params: Readonly<Record<string, string>>): Violation[] {
    const sent = this.readings(request, params);
    if (sent === undefined) return [{ in: 'query', path: '', message: 'is not encoded well' }];
    const found: Violation[] = [];
    for (const reading of sent.readings) found.push(...this.#check(reading));
    // The name is the caller's text, and is not repeated.
    if (this.#refusesUnknown && sent.names.some((name) => !this.isKnown(name)))
      found.push({ in: 'query', path: '', message: 'has a parameter that is not described' });
    return found;
  }

  /** What was sent for each parameter, and all names in the query. Undefined: it is not encoded well. */
  readings(
    request: RequestView,
    params: Readonly<Record<string, string>>,
  ): { readonly readings: readonly Reading[]; readonly names: readonly string[] } | undefined {
    const query = rawPairs(request.query.slice(1));
    if (query === undefined) return undefined;
    return {
      readings: this.#readers.map((reader) => ({
        plan: reader.plan,
        read: this.#read(reader, { request, params, query }),
      })),
      names: query.map(({ name }) => name),
    };
  }

  #check({ plan, read }: Reading): readonly Violation[] {
    const at = { in: plan.in === 'querystring' ? 'query' : plan.in } as const;
    const path = plan.in === 'querystring' ? '' : pointerOf(plan.name);
    if (read === 'unreadable') return [{ ...at, path, message: 'cannot be read as it is described' }];
    if (read === 'absent') return plan.required ? [{ ...at, path, message: 'is missing' }] : [];
    return this.#set
      .findings(plan.schema, read.value)
      .map((finding) => ({ ...at, path: path + finding.path, message: finding.message }));
  }

  #read(reader: ParameterReader, { request, params, query }: Sources): Read {
    const { plan } = reader;
    if (plan.in === 'querystring') {
      if (query.length === 0) return 'absent';
      return reader.read({ kind: 'values', raws: [request.query.slice(1)] });
    }
    if (plan.in === 'query') return reader.read(sentInQuery(reader, query));
    if (plan.in === 'cookie') {
      return reader.read({ kind: 'values', raws: cookieValues(request.header('cookie'), plan.name) });
    }
    const raw = plan.in === 'path' ? params[plan.name] : request.header(plan.name);
    return reader.read({ kind: 'values', raws: raw === undefined ? [] : [raw] });
  }

  /** Of a name in a query. */
  isKnown(name: string): boolean {
    return (
      this.#knownQuery.has('*') ||
      this.#knownQuery.has(name) ||
      this.#readers.some((reader) => reader.plan.in === 'query' && reader.owns(name))
    );
  }
}

export interface Reading {
  readonly plan: ParameterPlan;
  readonly read: Read;
}

interface Sources {
  readonly request: RequestView;
  readonly params: Readonly<Record<string, string>>;
  readonly query: readonly RawPair[];
}

function sentInQuery(reader: ParameterReader, query: readonly RawPair[]): Sent {
  const { name, style } = reader.plan;
  if (style === 'deepObject') {
    const members = query.filter((pair) => reader.owns(pair.name));
    return {
      kind: 'members',
      members: members.map((pair) => ({ name: pair.name.slice(name.length + 1, -1), raw: pair.raw })),
    };
  }
  if (reader.isSpread) return { kind: 'members', members: query.filter((pair) => reader.owns(pair.name)) };
  return { kind: 'values', raws: query.filter((pair) => pair.name === name).map(({ raw = '' }) => raw) };
}
