import { describe, expect, it } from 'vitest';
import { InFlightKeys } from './in-flight-keys.ts';

const SCOPE = { caller: 'a', operation: 'b', key: 'c' };

describe('InFlightKeys', () => {
  it('gives a key to one holder at a time', () => {
    const keys = new InFlightKeys();
    const release = keys.hold(SCOPE);
    expect(keys.hold(SCOPE)).toBeUndefined();
    release?.();
    expect(keys.hold(SCOPE)).toBeTypeOf('function');
  });

  it('tells callers, operations and keys apart', () => {
    const keys = new InFlightKeys();
    const others = [SCOPE, { ...SCOPE, caller: 'x' }, { ...SCOPE, operation: 'x' }, { ...SCOPE, key: 'x' }];
    expect(others.map((scope) => keys.hold(scope) !== undefined)).toEqual([true, true, true, true]);
    expect(keys.hold({ caller: 'ab', operation: '', key: 'c' })).toBeTypeOf('function');
  });
});
