import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { policySchema } from './policy-schema.ts';

const schema = Type.Object(
  {
    needed: Type.Integer(),
    usual: Type.String({ default: 'usual' }),
    maybe: Type.Optional(Type.String()),
    inner: Type.Object(
      { list: Type.Array(Type.String(), { default: [] }), must: Type.Boolean() },
      { additionalProperties: false },
    ),
    open: Type.Object({ of: Type.Integer({ default: 7 }) }, { additionalProperties: false, default: {} }),
    names: Type.Record(Type.String(), Type.String(), {
      propertyNames: Type.String({ pattern: '^[a-z]+$' }),
      default: {},
    }),
  },
  { additionalProperties: false },
);

const probe = policySchema('probe', { summary: '', schema });
const parse = (config: unknown): unknown => probe.parse(config);

describe('policySchema', () => {
  it('gives a complete config', () => {
    expect(parse({ needed: 1, inner: { must: true } })).toEqual({
      needed: 1,
      usual: 'usual',
      inner: { list: [], must: true },
      open: { of: 7 },
      names: {},
    });
  });

  it('keeps what was written', () => {
    const config = {
      needed: 1,
      usual: 'mine',
      maybe: 'x',
      inner: { list: ['a'], must: false },
      open: { of: 8 },
      names: { a: 'b' },
    };
    expect(parse(config)).toEqual(config);
  });

  it('does not share defaults between two configs', () => {
    const first = parse({ needed: 1, inner: { must: true } });
    const second = parse({ needed: 1, inner: { must: true } });
    expect(first).not.toBe(second);
    expect(first).toHaveProperty('inner.list', []);
    if (typeof first === 'object' && first !== null && 'names' in first) Object.assign(Object(first.names), { x: 'y' });
    expect(parse({ needed: 1, inner: { must: true } })).toHaveProperty('names', {});
  });

  it('leaves what it is given unchanged', () => {
    const written = { needed: 1, inner: { must: true } };
    parse(written);
    expect(written).toEqual({ needed: 1, inner: { must: true } });
  });

  it.each([
    [{ inner: { must: true } }, 'probe must have required properties needed'],
    [{ needed: '1', inner: { must: true } }, 'probe/needed must be integer'],
    [{ needed: 1, inner: { must: true, list: [1] } }, 'probe/inner/list/0 must be string'],
    [{ needed: 1, inner: {} }, 'probe/inner must have required properties must'],
    [{ needed: 1, inner: { must: true }, names: { A: 'b' } }, 'probe/names'],
  ])('refuses %j and says where', (config, message) => {
    expect(() => parse(config)).toThrow(`config.invalid: ${message}`);
  });
});
