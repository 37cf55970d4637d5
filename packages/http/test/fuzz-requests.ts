import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { mostly, requestBodies } from './fuzz-bodies.ts';

/*
 * Requests for the fuzz tests: valid ones, with now and then an odd piece where a plain one belongs, and on top of
 * that a few bytes changed anywhere. Plain pieces stand often, so that most cases get past the first line.
 */

const space = mostly(' ', ['  ', '\t', '', '\u00a0', ' \t', '\u000b'], 40);
const eol = mostly('\r\n', ['\n', '\r', '\r\r\n', '\n\r', '', '\r\n ', '\r\n\t', ' \r\n', '\u0000\r\n'], 60);
const method = fc.oneof(
  { arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'PATCH', 'QUERY'), weight: 20 },
  { arbitrary: fc.constantFrom('get', 'FOO', 'G ET', '', 'GET\t', 'CONNECT', 'TRACE', 'PRI', 'M-SEARCH'), weight: 1 },
);
const target = fc.oneof(
  {
    arbitrary: fc.constantFrom('/', '/a', '/a/b?c=d', '/%7e/../x', '/a?b=/c', 'http://h/a', 'http://h', '/a;b'),
    weight: 12,
  },
  {
    arbitrary: fc.constantFrom('*', 'h:80', '/a#b', '/a b', '', '//a', 'http://g/', '/\u00e9', '/a\\b', 'HTTP://H/'),
    weight: 1,
  },
);
const version = mostly('HTTP/1.1', [
  'HTTP/1.0',
  'HTTP/1.0',
  'HTTP/1.2',
  'HTTP/2.0',
  'http/1.1',
  'HTTP/1.1 ',
  'HTTP/11',
  '',
]);
const host = mostly('Host: h', [
  'Host: h, g',
  'Host:',
  'host:h',
  'Host : h',
  ' Host: h',
  'Host: h:80',
  'X: 1',
  'Host: h\r\nHost: h',
]);

const oddField = fc.constantFrom(
  'Connection: close',
  'Connection: keep-alive',
  'Connection: keep-alive, close',
  'Connection: Content-Length',
  'Connection: transfer-encoding, a',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Connection: upgrade\r\nUpgrade: h2c',
  'Expect: 100-continue',
  'Expect: x',
  'Content-Length: 0',
  'Content-Length: 3',
  'Content-Length:',
  'Content-Length: 3, 3',
  'Content-Length: +3',
  'Content-Length: 0x3',
  'Content-Length : 3',
  'Content_Length: 3',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: Chunked ',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding : chunked',
  'Transfer_Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'TE: trailers',
  'Trailer: X',
  'A: b\r\n c',
  'A : b',
  'A:b',
  ': b',
  'A',
  'A: \u00e9\u00ff',
  'A: b\u0000c',
  'A: b\u007f',
  'A: b\tc \t',
  'A_B: c',
  "!#$%&'*+.^`|~: x",
  'X-Forwarded-For: 1',
  'Keep-Alive: x',
  'Cookie: a=b',
  '',
);
const fields = fc.array(
  fc.oneof({ arbitrary: fc.constantFrom('A: b', 'B: c, d', 'Accept: */*'), weight: 4 }, oddField),
  { maxLength: 3 },
);

const request = fc
  .tuple(
    fc.tuple(method, space, target, space, version),
    host,
    fields,
    requestBodies,
    fc.infiniteStream(eol),
    fc.boolean(),
  )
  .map(([line, hostLine, more, { lines, bytes }, ends, framingFirst]) => {
    const framing = lines.filter((each) => each !== '');
    const all = [line.join(''), hostLine, ...(framingFirst ? [...framing, ...more] : [...more, ...framing]), ''];
    return all.map((text) => text + String(ends.next().value)).join('') + bytes;
  });

/** A change of one byte: put in, put in its place, or taken out. */
const mutation = fc.record({
  at: fc.nat({ max: 400 }),
  remove: fc.nat({ max: 2 }),
  insert: fc.constantFrom(
    '',
    ' ',
    '\t',
    '\r',
    '\n',
    '\r\n',
    ':',
    '\u0000',
    '\u00ff',
    'a',
    '0',
    ';',
    ',',
    '"',
    '#',
    '\u000b',
    '\u0085',
  ),
});
export type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

export function mutated(text: string, mutations: readonly Mutation[]): string {
  return mutations.reduce((all, { at, remove, insert }) => {
    const place = at % (all.length + 1);
    return all.slice(0, place) + insert + all.slice(place + remove);
  }, text);
}

/** The bytes of a whole connection, in one piece or in two. */
export interface Conversation {
  readonly text: string;
  readonly splitAt: number;
}

export const mutations = fc.oneof(
  { arbitrary: fc.constant([]), weight: 3 },
  { arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }), weight: 1 },
);

/** Conversations made from scratch, and made from the texts of a corpus. */
export function conversations(corpus: readonly string[]): fc.Arbitrary<Conversation> {
  const made = fc.array(request, { minLength: 1, maxLength: 3 }).map((requests) => requests.join(''));
  const known = fc.tuple(fc.constantFrom(...corpus), fc.option(request, { nil: '' })).map((texts) => texts.join(''));
  const text = fc.oneof({ arbitrary: made, weight: 4 }, { arbitrary: known, weight: 1 });
  return fc.record({
    text: fc.tuple(text, mutations).map(([all, changes]) => mutated(all, changes)),
    splitAt: fc.nat({ max: 600 }),
  });
}

/** Conversations that have fooled somebody's parser, or nearly did. */
export function readCorpus(): string[] {
  const texts: unknown = JSON.parse(
    readFileSync(path.join(import.meta.dirname, '__fixtures__/conversations.json'), 'utf8'),
  );
  if (!Array.isArray(texts)) throw new TypeError('the corpus is a list');
  return texts.map(String);
}

export function piecesOf({ text, splitAt }: Conversation): string[] {
  const at = splitAt % (2 * text.length + 1);
  return at < text.length ? [text.slice(0, at), text.slice(at)].filter((piece) => piece !== '') : [text];
}
