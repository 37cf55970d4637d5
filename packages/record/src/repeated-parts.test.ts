import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leastRecord, restRecord } from './__fixtures__/sample-records.ts';
import { callerPart, routePart } from './repeated-parts.ts';

describe('routePart', () => {
  it('is the fields of the route in their order', () => {
    expect(routePart(restRecord)).toBe(
      ',"config":"a1b2c3d4e5f6","api":"users","version":"1.0.0","route":"users GET /v1/users/{id}"',
    );
  });

  it('leaves out what is not known', () => {
    expect(routePart(leastRecord)).toBe(',"config":"a1b2c3d4e5f6"');
  });

  it('is the same string the second time', () => {
    const route = { config: 'c"1', api: 'a\n', version: 'v', route: 'once' };
    expect(routePart(route)).toBe(routePart({ ...route }));
    expect(routePart(route)).toBe(',"config":"c\\"1","api":"a\\n","version":"v","route":"once"');
  });
});

describe('callerPart', () => {
  it('is the fields of the caller in their order', () => {
    expect(callerPart(restRecord)).toBe(
      ',"application":"mobile","credential":"ci","owner":"Zo\\u00eb","subscription":"mobile/users","plan":"gold","team":"apps"',
    );
  });

  it('is nothing when nobody is known', () => expect(callerPart(leastRecord)).toBe(''));
});

describe('both', () => {
  const field = fc.option(fc.constantFrom('a', 'b', '"', '\n'), { nil: undefined });

  it('never answer for another caller or route than the one that is asked for', () => {
    const record = fc.record({
      api: field,
      version: field,
      route: field,
      application: field,
      credential: field,
      subscription: field,
      plan: field,
      team: field,
    });
    fc.assert(
      fc.property(record, fc.constantFrom('c1', 'c2'), (some, config) => {
        const text = `{"x":0${routePart({ ...some, config })}${callerPart(some)}}`;
        const known = Object.entries({ x: 0, config, ...some }).filter(([, value]) => value !== undefined);
        expect(JSON.parse(text)).toEqual(Object.fromEntries(known));
      }),
      { numRuns: 3000 },
    );
  });
});
