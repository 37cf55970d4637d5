import { describe, expect, it } from 'vitest';
import type { Fields } from './fields.ts';
import { contract } from './testkit/test-service.ts';

const USER = 'usr_01k0f3x9v2m8r5t7w1y4z6b3cd';

function read(operationId: string, given: { path?: Fields; query?: Fields; header?: Fields }) {
  const operation = contract.operations.find(({ id }) => id === operationId);
  return operation?.parameters.read({ path: {}, query: {}, header: {}, ...given });
}

describe('the parameters of an operation', () => {
  it('come in their declared types with defaults filled in', () => {
    expect(read('listUsers', { query: {} })?.query).toEqual({ limit: 20 });
    expect(read('listUsers', { query: { limit: '7' } })?.query).toEqual({ limit: 7 });
  });

  it('leave what was given untouched', () => {
    const query = Object.freeze({ limit: '7' });
    expect(() => read('listUsers', { query })).not.toThrow();
  });

  it('let headers through that the document does not know', () => {
    expect(read('listUsers', { header: { cookie: 'a=b' } })?.header).toEqual({ cookie: 'a=b' });
  });

  it('name every fault of query and headers, shortened', () => {
    const query = { limit: '0', ['x'.repeat(300)]: '1' };
    expect(() => read('listUsers', { query })).toThrow(
      expect.objectContaining({
        code: 'request.invalid_parameter',
        details: {
          errors: [
            expect.objectContaining({ parameter: 'x'.repeat(100) }),
            { parameter: 'limit', detail: 'must be >= 1' },
          ],
        },
      }),
    );
  });

  it('turn a path that no user can have into a user who is not there', () => {
    expect(() => read('getUser', { path: { id: 'USR_1' } })).toThrow(
      expect.objectContaining({ code: 'user.not_found' }),
    );
  });

  it('ask for If-Match in the words of RFC 6585', () => {
    expect(() => read('replaceUser', { path: { id: USER } })).toThrow(
      expect.objectContaining({ code: 'request.precondition_required' }),
    );
    expect(read('deleteUser', { path: { id: USER } })?.path).toEqual({ id: USER });
  });

  it('are known by lower-case name', () => {
    const takesKey = contract.operations.filter(({ parameters }) => parameters.has('idempotency-key'));
    expect(takesKey.map(({ id }) => id)).toEqual(['createUser']);
  });
});
