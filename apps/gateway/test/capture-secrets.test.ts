import { randomBytes } from 'node:crypto';
import { entitySpotter } from '@gatehouse/ai';
import type { KeptBody } from '@gatehouse/policies';
import { fakeExchange, fakeTools, joined } from '@gatehouse/policies/testing';
import { bodyKey, bodyLine, openBody } from '@gatehouse/record';
import { parseLine } from '@gatehouse/record/spool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealedLine } from '../src/body/sealed-line.ts';

const KEY = bodyKey(randomBytes(32));
/** What must not be read anywhere, and how much of its beginning is nothing yet. */
const SECRETS = {
  named: 'zQ7wvX-named-value-9',
  header: 'hd.kJ8vW2-shown-in-a-field',
  cookie: 'ck_Yp4nT6-shown-in-a-cookie',
  card: '4111 1111 1111 1111',
  email: 'grace.hopper@navy.example.com',
  pattern: 'CUST-483920',
} as const;
/** The first of each that shows that it is there. */
const MARKS = ['zQ7w', 'hd.kJ', 'ck_Yp', '4111 1', 'grace.hopper@', 'CUST-483920', '483920'];

const capture = joined('capture');
const CONFIG = {
  sample: '100%',
  bytesMax: '64KiB',
  redact: { paths: ['$..card', '$.deep.*.inner', '$.list[*].item'], patterns: ['CUST-\\d{6}'] },
};

interface Sent {
  readonly type?: string;
  readonly body: Buffer;
  /** Bytes of the body after which it was cut off. */
  readonly cutAt?: number;
  /** Where it was split on the wire. */
  readonly splitAt?: number;
}

const tools = fakeTools('test#0', { spotter: entitySpotter, keepBody: (body) => kept.push(body) > 0 });
const hooks = capture.build(CONFIG, tools);
let kept: KeptBody[] = [];

/** All that comes out of the spool of one call whose both sides are this body, sealed and opened on the way. */
function read({ type = 'application/json', body, cutAt = body.length, splitAt = 0 }: Sent): string {
  kept = [];
  const exchange = fakeExchange({
    method: 'POST',
    contentLength: body.length,
    query: `?card=${SECRETS.named}&q=${encodeURIComponent(SECRETS.email)}`,
    headers: {
      'content-type': type,
      authorization: `Bearer ${SECRETS.header}`,
      cookie: `session="${SECRETS.cookie}"; theme=dark`,
      referer: `https://a.example/?access_token=${SECRETS.named}`,
      'x-contact': SECRETS.email,
    },
  });
  void hooks.onRequest?.(exchange);
  const { tap } = exchange.caller;
  const split = Math.min(splitAt, cutAt);
  tap?.requestData(body, 0, split);
  tap?.requestData(body, split, cutAt);
  const whole = cutAt === body.length;
  if (whole) tap?.requestEnd();
  tap?.replyHead(`HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\nset-cookie: session=${SECRETS.cookie}\r\n\r\n`);
  tap?.replyData(body, 0, split);
  tap?.replyData(body, split, cutAt);
  hooks.onEnd?.(exchange, { status: 200, code: whole ? undefined : 'upstream.broken' });
  expect(kept).toHaveLength(2);
  return kept.map(throughSpool).join('\n');
}

function throughSpool(body: KeptBody): string {
  const line = parseLine(sealedLine(body, { worker: 0, key: KEY }).trimEnd());
  if (line?.kind !== 'body') return expect.fail('no line');
  const written = bodyLine(line.body);
  // As wholes: four letters stand in Base64 by chance.
  expect(Object.values(SECRETS).filter((secret) => written.includes(secret))).toEqual([]);
  return JSON.stringify(openBody(line.body, KEY));
}

function check(sent: Sent): void {
  const text = read(sent);
  const found = MARKS.filter((mark) => text.includes(mark));
  if (found.length > 0) expect.fail(`${found.join()} of ${sent.body.toString()} is in ${text}`);
}

const escaped = (text: string): string =>
  Array.from(text, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

/** A name that is hidden at any depth, as somebody may write it in JSON. */
const hiddenName = fc
  .constantFrom('password', 'card', 'Card', 'client_secret', 'clientSecret', 'ACCESS-TOKEN', 'x-api-key')
  .chain((name) => fc.constantFrom(name, escaped(name), `${escaped(name[0] ?? '')}${name.slice(1)}`));

const filler = fc.oneof(
  fc.constantFrom('1', 'true', 'null', '"x"', '"\\n\\u00e9"', '[]', '{}', '-1.5e3', '"[1] {a}"'),
  fc.string({ maxLength: 6 }).map((text) => JSON.stringify(text)),
);

/** JSON of which every part that must not be read is at a place where it is hidden. */
const { value: tree } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    filler,
    secretText(),
    fc.tuple(hiddenName, hidden(tie('value'))).map(([name, value]) => `{"${name}":${value}}`),
    fc
      .tuple(hiddenName, hidden(tie('value')), tie('value'))
      .map(([name, value, other]) => `{"${name}":1,"a":${other},"${name}" : ${value}}`),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(' , ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'deep', 'list'), tie('value')), { maxLength: 4 })
      .map((members) => `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`),
    tie('value').map((value) => JSON.stringify(value)),
  ),
}));

function hidden(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const secret = JSON.stringify(SECRETS.named);
  return fc.oneof(
    fc.constantFrom(secret, `"${escaped(SECRETS.named)}"`, `[1,{"x":${secret}}]`, `{"a":{"b":[${secret}]}}`),
    value.map((other) => `[${other},${secret}]`),
  );
}

/** What is found wherever it stands. */
function secretText(): fc.Arbitrary<string> {
  const { header, cookie, card, email, pattern } = SECRETS;
  return fc
    .tuple(
      fc.constantFrom('', 'see ', 'is: '),
      fc.constantFrom(header, cookie, card, email, pattern),
      fc.constantFrom('', ', ok', ' {"a"'),
    )
    .chain(([before, secret, behind]) =>
      fc.constantFrom(JSON.stringify(before + secret + behind), `"${before}${escaped(secret)}"`, `{"${secret}":1}`),
    );
}

describe('no secret is in a body that was kept', () => {
  it('wherever it stands in JSON, and wherever that is split on the wire', () => {
    fc.assert(
      fc.property(tree, fc.nat(), (text, at) => {
        const body = Buffer.from(text);
        check({ body, splitAt: at % (body.length + 1) });
      }),
      { numRuns: 2000 },
    );
  });

  it('wherever JSON is cut off, at every byte', () => {
    fc.assert(
      fc.property(tree, (text) => {
        const body = Buffer.from(text);
        for (let cutAt = 0; cutAt < body.length; cutAt++) check({ body, cutAt });
      }),
      { numRuns: 60 },
    );
  });

  const { named, header, card, email, pattern } = SECRETS;
  const event = (text: string): string => `data: ${JSON.stringify({ index: 0, delta: { text } })}\n\n`;
  const BODIES: readonly (readonly [string, string])[] = [
    [
      'application/json',
      `{"deep":{"x":{"inner":"${named}"}},"list":[{"item":"${named}"}],"n":"${card}","m":4111111111111111}`,
    ],
    ['application/json', `{"body":${JSON.stringify(JSON.stringify({ card: named, note: `mail ${email}` }))}}`],
    ['', `{"password":"${named}"}`],
    ['text/plain', `card ${card}, mail ${email}, ${pattern}; password=${named} Authorization: Bearer ${header}`],
    [
      'application/x-www-form-urlencoded',
      `a=1&card=${named}&user%5Bcard%5D=${named}&mail=${encodeURIComponent(email)}&n=${card.replaceAll(' ', '+')}`,
    ],
    [
      'application/xml',
      `<a><card>${named}</card><b card='${named}'>${email}</b><c><![CDATA[${card}]]></c><d>${email.replace('@', '&#64;')}</d></a>`,
    ],
    [
      'text/event-stream',
      `: ${email}\nevent: a\ndata: {"password":"${named}"}\n\n${event('pay with 4111 ')}${event('1111 1111 ')}${event('1111 now')}data: [DONE]\n\n`,
    ],
    ['application/x-ndjson', `{"card":"${named}"}\n{"t":"grace.hop"}\n{"t":"per@navy.exam"}\n{"t":"ple.com "}\n`],
  ];

  it.each(BODIES)('in %s %j, split or cut off at every byte', (type, text) => {
    const body = Buffer.from(text);
    const whole = read({ type, body });
    for (let at = 0; at <= body.length; at++) {
      check({ type, body, cutAt: at });
      if (at % 7 === 0) expect(read({ type, body, splitAt: at })).toBe(whole);
    }
  });

  it('in what is left of a body something is left', () => {
    const text = read({ body: Buffer.from('{"a":"left","password":"x","b":[1,"here"]}') });
    expect(text).toContain(String.raw`{\"a\":\"left\",\"password\":\"[redacted]\",\"b\":[1,\"here\"]}`);
  });
});
