import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPatch, type PatchOperation } from './json-patch.ts';

/** As RFC 6902 §4 has it, for the operations that we write. */
function patched(value: unknown, patch: readonly PatchOperation[]): unknown {
  let result: unknown = structuredClone(value);
  for (const operation of patch) {
    const steps = operation.path
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop();
    if (last === undefined) {
      result = operation.op === 'remove' ? undefined : operation.value;
      continue;
    }
    const holder = steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), result);
    const name = Array.isArray(holder) ? Number(last) : last;
    if (operation.op === 'remove') Reflect.deleteProperty(Object(holder), name);
    else
      Object.defineProperty(Object(holder), name, {
        value: operation.value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
  return result;
}

describe('a JSON Patch', () => {
  it('makes of what was what is, for all JSON', () => {
    const plain = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        expect(patched(before, jsonPatch(before, after))).toEqual(after);
      }),
    );
  });

  it.each([
    [{ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 4, d: 3 } }, [{ op: 'replace', path: '/b/c', value: 4 }]],
    [
      { a: 1 },
      { b: 2 },
      [
        { op: 'remove', path: '/a' },
        { op: 'add', path: '/b', value: 2 },
      ],
    ],
    [{ 'a/b': { '~c': 1 } }, { 'a/b': { '~c': 2 } }, [{ op: 'replace', path: '/a~1b/~0c', value: 2 }]],
    [{ list: [1, 2] }, { list: [1, 3] }, [{ op: 'replace', path: '/list/1', value: 3 }]],
    [{ list: [1, 2] }, { list: [1] }, [{ op: 'replace', path: '/list', value: [1] }]],
    [{ a: [] }, { a: {} }, [{ op: 'replace', path: '/a', value: {} }]],
    [{ a: 1 }, { a: 1 }, []],
  ])('says no more than what differs: %j → %j', (before, after, patch) => {
    expect(jsonPatch(before, after)).toEqual(patch);
  });
});
