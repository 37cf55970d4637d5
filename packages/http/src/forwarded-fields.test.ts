import { expect, it } from 'vitest';
import { forwardedFields } from './forwarded-fields.ts';
import { RequestHead } from './request-head.ts';

function check(lines: readonly string[], expected: readonly string[]): void {
  const head = new RequestHead({ headBytesMax: 10_000, targetBytesMax: 1000, fieldsMax: 50 });
  expect(head.parse(`GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`)).toBeUndefined();
  const before = head.fields.kept();
  expect(forwardedFields(head).map(([name, value]) => `${name}: ${value}`)).toEqual(expected);
  expect(head.fields.kept()).toBe(before);
}

it.each<[string, readonly string[], readonly string[]]>([
  [
    'gives what goes on, as often and in the order that it came',
    ['X-A: 1', 'Accept: */*', 'x-a: 2'],
    ['x-a: 1', 'accept: */*', 'x-a: 2'],
  ],
  [
    'leaves out what belongs to the connection',
    ['Connection: close', 'TE: trailers', 'Keep-Alive: 5', 'X-A: 1'],
    ['x-a: 1'],
  ],
  ['leaves out what Connection names', ['Connection: X-Secret, close', 'x-secret: 1', 'x-a: 1'], ['x-a: 1']],
  ['leaves out the framing', ['Content-Length: 3', 'x-a: 1'], ['x-a: 1']],
  [
    'leaves out who somebody says that it is',
    ['X-Gatehouse-Application: root', 'X-Forwarded-For: 1.2.3.4', 'Via: 1.1 x'],
    [],
  ],
  ['leaves out aliases with underscores', ['x_gatehouse_application: root', 'x_a: 1'], []],
])('%s', (_, lines, expected) => check(lines, expected));
