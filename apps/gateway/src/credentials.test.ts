import { RequestHead, type Fields } from '@gatehouse/http';
import { describe, expect, it } from 'vitest';
import { presentedAiKey, presentedKey } from './credentials.ts';

const LIMITS = { headBytesMax: 8192, targetBytesMax: 1024, fieldsMax: 50 };

function fields(lines: readonly string[]): Fields {
  const head = new RequestHead(LIMITS);
  head.parse(`GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
  return head.fields;
}

describe('presented keys', () => {
  it.each([
    [['Authorization: Bearer k1'], { key: 'k1', field: 'authorization' }],
    [['authorization: bearer  k1 '], { key: 'k1', field: 'authorization' }],
    [['X-API-Key: k2'], { key: 'k2', field: 'x-api-key' }],
    [['apikey: k3'], { key: 'k3', field: 'apikey' }],
    [['Authorization: Basic abc', 'apikey: k3'], { key: 'k3', field: 'apikey' }],
    [['X_API_Key: k2'], undefined],
    [['api-key: k4'], undefined],
    [['x-goog-api-key: k5'], undefined],
    [[], undefined],
  ])('%j', (lines, expected) => expect(presentedKey(fields(lines))).toEqual(expected));
});

describe('keys presented on AI paths', () => {
  it.each([
    [['Authorization: Bearer k1', 'api-key: k4'], '?key=k6', { key: 'k1', field: 'authorization' }],
    [['api-key: k4', 'x-api-key: k2'], '', { key: 'k2', field: 'x-api-key' }],
    [['Api-Key: k4', 'x-goog-api-key: k5'], '?key=k6', { key: 'k4', field: 'api-key' }],
    [['X-Goog-Api-Key: k5'], '?key=k6', { key: 'k5', field: 'x-goog-api-key' }],
    [[], '?key=k6', { key: 'k6', field: undefined }],
    [[], '?alt=sse&key=k%2B6&key=k7', { key: 'k+6', field: undefined }],
    [[], '?key=%FF', { key: '%FF', field: undefined }],
    [[], '?monkey=k6', undefined],
    [[], '?key', undefined],
    [[], '', undefined],
  ])('%j %s', (lines, query, expected) => expect(presentedAiKey(fields(lines), query)).toEqual(expected));
});
