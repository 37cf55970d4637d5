import { describe, expect, it } from 'vitest';
import { contract } from './testkit/test-service.ts';

const USER = {
  id: 'usr_01k0f3x9v2m8r5t7w1y4z6b3cd',
  email: 'ada@people.example',
  name: 'Ada',
  created_at: '2026-01-05T09:30:00.000Z',
  updated_at: '2026-01-05T09:30:00.000Z',
};
const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' };
const HEADERS = { ...JSON_HEADERS, etag: '"1"', location: 'users/1' };

function differences(status: number, headers: Readonly<Record<string, unknown>>, body: unknown) {
  return contract.operations.find(({ id }) => id === 'createUser')?.replies.differences({ status, headers, body });
}

describe('a reply', () => {
  it('that the document allows has no differences', () => {
    expect(differences(201, HEADERS, USER)).toEqual([]);
    expect(differences(201, { ...HEADERS, 'content-length': 7, 'x-other': 'a' }, { ...USER, more: 1 })).toEqual([]);
  });

  it.each([
    ['an undocumented status', 202, HEADERS, USER, ['status 202 is not documented']],
    ['a missing header', 201, { ...JSON_HEADERS, etag: '"1"' }, USER, ['header location is missing']],
    ['a wrong header', 201, { ...HEADERS, etag: 'W/"1"' }, USER, ['header etag must match pattern "^"[0-9]+"$"']],
    ['a missing body', 201, HEADERS, undefined, ['the body is missing']],
    ['no content type', 201, { etag: '"1"', location: 'a' }, USER, ['content type none is not documented']],
    [
      'another content type',
      201,
      { ...HEADERS, 'content-type': 'text/html' },
      USER,
      ['content type text/html is not documented'],
    ],
    ['a body that breaks the schema', 201, HEADERS, { ...USER, id: 1 }, ['body /id must be string']],
    ['a success in place of a problem', 422, JSON_HEADERS, {}, ['content type application/json is not documented']],
  ])('with %s differs', (_what, status, headers, body, expected) => {
    expect(differences(status, headers, body)).toEqual(expected);
  });

  it('with a body where none is documented differs', () => {
    const remove = contract.operations.find(({ id }) => id === 'deleteUser');
    expect(remove?.replies.differences({ status: 204, headers: {}, body: undefined })).toEqual([]);
    expect(remove?.replies.differences({ status: 204, headers: JSON_HEADERS, body: {} })).toHaveLength(1);
  });
});
