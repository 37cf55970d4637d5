import { providerRow, type ProviderRow } from '@gatehouse/ai';
import { HeaderEdits } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { providerHead } from './provider-request.ts';

const where = { id: 'http://a:80', tls: false, host: 'a', port: 80, authority: 'a', basePath: '/v1', weight: 1 };

function row(kind: string): ProviderRow {
  const found = providerRow(kind);
  if (found === undefined) throw new Error(`no provider ${kind}`);
  return found;
}

interface Options {
  readonly apiKey?: string;
  readonly kind?: string;
  readonly edit?: (edits: HeaderEdits) => void;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Lines of the head, sorted; undefined when there is none. */
function head({ apiKey, kind = 'openai-compatible', edit, headers = {} }: Options): readonly string[] | undefined {
  const edits = new HeaderEdits();
  edit?.(edits);
  const provider = { name: 'one', kind, endpoint: where, apiKey, aws: undefined };
  const lines = 'traceparent: t\r\nx-request-id: r\r\n';
  const relay = { path: '/chat/completions', body: Buffer.from('{}\n'), contentType: 'application/json', headers };
  const text = providerHead({ provider, row: row(kind), relay, lines, edits, nowMs: 0 });
  expect(text ?? '\r\n\r\n').toMatch(/\r\n\r\n$/);
  return text?.slice(0, -4).split('\r\n').toSorted();
}

const PLAIN = [
  'POST /v1/chat/completions HTTP/1.1',
  'accept-encoding: identity',
  'content-length: 3',
  'content-type: application/json',
  'host: a',
  'traceparent: t',
  'x-request-id: r',
];
const KEYED = [...PLAIN, 'authorization: Bearer sk-1'].toSorted();

describe('the head of a call to a provider', () => {
  it('carries the key of the provider', () => expect(head({ apiKey: 'sk-1' })).toEqual(KEYED));
  it('carries it where the vendor looks for it, beside what its dialect wants', () => {
    const headers = { 'anthropic-version': '2023-06-01' };
    const expected = [...PLAIN, 'anthropic-version: 2023-06-01', 'x-api-key: sk-1'].toSorted();
    expect(head({ apiKey: 'sk-1', kind: 'anthropic', headers })).toEqual(expected);
  });
  it('carries none to a provider that takes none', () => {
    expect(head({ apiKey: 'sk-1', kind: 'demo' })).toEqual(PLAIN);
  });
  it('has what policies add', () => {
    expect(head({ edit: (edits) => edits.set('x-env', 'prod') })).toEqual([...PLAIN, 'x-env: prod'].toSorted());
  });
  it('lets policies replace the host and what the gate says of the call', () => {
    const edit = (edits: HeaderEdits): void => {
      edits.set('host', 'b');
      edits.set('x-request-id', 'mine');
      edits.remove('traceparent');
    };
    const expected = PLAIN.filter((line) => !/^(?:host|traceparent|x-request-id):/.test(line));
    expect(head({ edit })).toEqual([...expected, 'host: b', 'x-request-id: mine'].toSorted());
  });
  it('lets no policy override the key of the provider, nor what the body is read by', () => {
    const edit = (edits: HeaderEdits): void => {
      for (const name of ['authorization', 'content-type', 'content-length', 'accept-encoding']) edits.set(name, 'x');
      edits.remove('authorization');
    };
    expect(head({ apiKey: 'sk-1', edit })).toEqual(KEYED);
  });
  it('lets a policy authorise where the provider has no key', () => {
    const expected = [...PLAIN, 'authorization: Basic eA=='].toSorted();
    expect(head({ edit: (edits) => edits.set('authorization', 'Basic eA==') })).toEqual(expected);
  });
  it.each(['', 'a b', 'a\r\nx-evil: 1', 'a\nb', '\u010D\u010Ax-evil: 1', 'é', '\u0000'])(
    'is not made with the key %j',
    (apiKey) => expect(head({ apiKey })).toBeUndefined(),
  );
});
