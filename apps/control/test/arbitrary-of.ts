import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

const schemaOf = (value: unknown): Schema =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** What a JSON Schema of the admin API's document asks for, and now and then what it does not. */
export function arbitraryOf(value: unknown, depth = 0): fc.Arbitrary<unknown> {
  const schema = schemaOf(value);
  const right = rightOf(schema, depth);
  return fc.oneof({ weight: 12, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function rightOf(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const { type, enum: choices, const: only, anyOf, items, format } = schema;
  if (only !== undefined) return fc.constant(only);
  if (Array.isArray(choices)) return fc.constantFrom(...choices.map((choice: unknown) => choice));
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((each: unknown) => arbitraryOf(each, depth + 1)));
  if (type === 'object') return objectOf(schema, depth);
  if (type === 'array') return fc.array(depth > 4 ? fc.constant('x') : arbitraryOf(items, depth + 1), { maxLength: 3 });
  if (type === 'integer' || type === 'number') return fc.oneof(fc.integer(), fc.constantFrom(0, 1, 100, 2 ** 53));
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') return textOf(format);
  return fc.jsonValue({ maxDepth: 2 });
}

function textOf(format: unknown): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.constantFrom('2027-01-01T00:00:00Z', '2020-01-01T00:00:00Z', '2027-13-01T00:00:00Z');
  if (format === 'email') return fc.constantFrom('someone@example.com', 'a@b');
  if (format === 'uri') return fc.constantFrom('https://example.com/x', 'ftp:', 'javascript:alert(1)');
  return fc.oneof(fc.constantFrom('openai', 'users', 'gold', 'admin', 'x', '*'), fc.string({ maxLength: 40 }));
}

function objectOf({ properties, required, additionalProperties }: Schema, depth: number): fc.Arbitrary<unknown> {
  const known = Object.entries(schemaOf(properties)).map(
    ([name, each]) => [name, arbitraryOf(each, depth + 1)] as const,
  );
  const wanted = Array.isArray(required) ? required.map(String) : [];
  if (known.length === 0 && additionalProperties !== false) {
    return fc.dictionary(fc.string({ maxLength: 10 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  }
  return fc.record(Object.fromEntries(known), {
    requiredKeys: wanted.filter((name) => known.some(([one]) => one === name)),
  });
}
