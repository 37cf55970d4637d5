import { createHook } from 'node:async_hooks';
import { existsSync, readFileSync } from 'node:fs';
import { canonicalTarget } from '@gatehouse/http';
import { ERRORS, GatehouseError } from '@gatehouse/kernel';
import fc from 'fast-check';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { STAGES, type Exchange, type PolicyHooks, type Reply } from '../policy.ts';
import {
  ask,
  fakeExchange,
  fakeReplyHead,
  fakeTools,
  throughReply,
  type FakeExchangeOptions,
} from './fake-exchange.ts';
import type { JoinedPolicy } from './joined.ts';

export interface PolicyExamples {
  /** Configs as people write them. */
  readonly valid: readonly unknown[];
  /** Configs that the schema must refuse, so that whoever reads them can say where. */
  readonly invalid: readonly unknown[];
  /** Hooks of requests may answer with a promise; else they must answer at once. */
  readonly waits?: boolean;
}

/** What every policy must do, whatever it is for. */
export function policyContract(definition: JoinedPolicy, examples: PolicyExamples): void {
  describe(`${definition.name} keeps the contract of policies`, () => {
    configContract(definition, examples);
    hooksContract(definition, examples);
    docsContract(definition);
  });
}

function configContract(definition: JoinedPolicy, { valid, invalid }: PolicyExamples): void {
  it.each(valid)('accepts %j', (config) => {
    expect(Value.Errors(definition.schema, Value.Default(definition.schema, Value.Clone(config)))).toEqual([]);
    expect(() => definition.build(config, fakeTools())).not.toThrow();
  });

  it.each(invalid)('refuses %j by its schema, and names itself', (config) => {
    expect(Value.Check(definition.schema, Value.Default(definition.schema, Value.Clone(config)))).toBe(false);
    expect(() => definition.build(config, fakeTools())).toThrow(new RegExp(`config\\.invalid: ${definition.name}`));
  });

  it.each([null, undefined, 7, 'text', [], { nobodyKnowsThis: 1 }, { ...Object(valid[0]), nobodyKnowsThis: 1 }])(
    'refuses what is no config of it: %j',
    (config) => {
      expect(() => definition.build(config, fakeTools())).toThrow('config.invalid');
    },
  );

  it('refuses or accepts anything, and fails on nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), almost(definition.schema)), (config) => {
        try {
          definition.build(config, fakeTools());
        } catch (error) {
          if (!(error instanceof GatehouseError) || error.code !== 'config.invalid') throw error;
        }
      }),
    );
  });

  it('finishes a config once: what it has parsed stays as it is', () => {
    for (const config of valid) expect(definition.parse(definition.parse(config))).toEqual(definition.parse(config));
  });

  it('leaves the config that it is built from unchanged', () => {
    for (const config of valid) {
      const before = structuredClone(config);
      definition.build(config, fakeTools());
      expect(config).toEqual(before);
    }
  });

  it('starts nothing asynchronous while it is built', () => {
    const started: string[] = [];
    const tools = fakeTools();
    const hook = createHook({ init: (_id, type) => started.push(type) }).enable();
    for (const config of valid) definition.build(config, tools);
    hook.disable();
    expect(started).toEqual([]);
  });

  it('has patterns that are expressions in Unicode mode, as schemas are read', () => {
    for (const [, pattern] of JSON.stringify(definition.schema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g))
      expect(() => new RegExp(String(JSON.parse(pattern ?? '')), 'u')).not.toThrow();
  });

  it('stands in a stage that exists', () => {
    expect(STAGES).toContain(definition.stage);
  });
}

/** Objects with the right keys and any values. */
function almost(schema: TSchema): fc.Arbitrary<unknown> {
  const keys = Object.keys(propertiesOf(schema));
  return fc.record(Object.fromEntries(keys.map((key) => [key, fc.jsonValue()])), { requiredKeys: [] });
}

function hooksContract(definition: JoinedPolicy, { valid, waits = false }: PolicyExamples): void {
  if (waits) waitingContract(definition, valid);
  else
    it('answers odd requests at once, throws on none, and writes nothing that splits a head', () => {
      for (const config of valid) {
        const hooks = definition.build(config, fakeTools());
        fc.assert(
          fc.property(oddRequest, (options) => {
            const exchange = fakeExchange(options);
            checkReply(ask(hooks, exchange));
            finish(hooks, exchange);
            checkExchange(exchange);
          }),
          { numRuns: 200 },
        );
      }
    });
}

function waitingContract(definition: JoinedPolicy, valid: readonly unknown[]): void {
  it('answers odd requests, refuses by rows of the error table alone, and writes nothing that splits a head', async () => {
    for (const config of valid) {
      await fc.assert(
        fc.asyncProperty(oddRequest, fc.string({ unit: 'binary', maxLength: 200 }), async (options, body) => {
          // Anew each time: what waits may remember.
          const hooks = definition.build(config, fakeTools());
          const exchange = fakeExchange({ ...options, body });
          checkReply(await answerOf(hooks, exchange));
          finish(hooks, exchange);
          checkExchange(exchange);
        }),
        { numRuns: 100 },
      );
    }
  });
}

async function answerOf(hooks: PolicyHooks, exchange: Exchange): Promise<Reply | undefined> {
  try {
    const found = await hooks.onIdentify?.(exchange);
    if (found !== undefined && !('caller' in found)) return found;
    return await hooks.onRequest?.(exchange);
  } catch (error) {
    if (error instanceof GatehouseError) return { code: error.code, detail: error.detail };
    throw error;
  }
}

function finish(hooks: PolicyHooks, exchange: Exchange): void {
  hooks.onReplyHead?.(exchange, fakeReplyHead(200, { vary: 'Accept' }));
  if (hooks.onReply !== undefined)
    throughReply(hooks, exchange, { headers: [['vary', 'Accept']], body: ['{"a":', '1}'] });
  hooks.onEnd?.(exchange, { status: 200, code: undefined });
}

function checkReply(reply: Reply | undefined): void {
  if (reply === undefined) return;
  for (const [name, value] of reply.headers ?? []) expect(`${name}: ${value}\r\n`).toMatch(LINES);
  if ('code' in reply) expect(Object.keys(ERRORS)).toContain(reply.code);
}

/** Whole lines of visible ASCII with lower-case names. */
const LINES = /^(?:[a-z0-9!#$%&'*+.^_`|~-]+: [\t\x20-\x7e]*\r\n)*$/;

function checkExchange(exchange: Exchange): void {
  expect(exchange.upstreamHeaders.lines).toMatch(LINES);
  expect(exchange.replyHeaders.lines).toMatch(LINES);
  expect(exchange.upstreamTarget).toMatch(/^\/[\x21-\x7e]*$/);
  expect(exchange.bodyBytesMax).toBeLessThanOrEqual(exchange.route.bodyBytesMax);
}

const fieldValue = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '*',
    'null',
    'https://app.example.com',
    'https://x.example.com\r\nset-cookie: a=b',
    'a, b',
    'GET',
  ),
);

const fieldName = fc.constantFrom(
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
  'x-tenant',
  'x-api-key',
  '__proto__',
  'constructor',
);

/** Matching hands policies canonical paths only, however odd. */
const path = fc
  .oneof(
    fc.webPath(),
    fc
      .string({ unit: fc.constantFrom('/', '.', '%2F', '%5c', '%00', ';', '~', 'a', '%41', ':') })
      .map((end) => `/${end}`),
  )
  .map((text) => canonicalTarget(text)?.path ?? '/');

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('', 'unix:', '::ffff:10.0.0.1', 'fe80::1%eth0', '1.2.3'),
);

const oddRequest: fc.Arbitrary<FakeExchangeOptions> = fc.record(
  {
    method: fc.constantFrom('GET', 'OPTIONS', 'POST', 'PROPFIND', '*'),
    path,
    query: fc.constantFrom('', '?', '?a=b&c', '?/../x?y'),
    clientIp: address,
    contentLength: fc.constantFrom(undefined, 0, 1, 1e6, Number.MAX_SAFE_INTEGER),
    headers: fc.dictionary(fieldName, fieldValue),
    params: fc.dictionary(
      fc.constantFrom('id', 'rest', '*', '__proto__'),
      path.map((text) => text.slice(1)),
    ),
    principal: fc.record({ application: fieldValue, credential: fieldValue }),
    startedAt: fc.nat({ max: 4e12 }),
    route: fc.record({ strip: fc.constantFrom('', '/v1'), allow: fc.constantFrom([], ['encoded-slash'] as const) }),
  },
  { requiredKeys: [] },
);

function docsContract(definition: JoinedPolicy): void {
  const page = new URL(`../${definition.name}/README.md`, import.meta.url);

  it('has a page that names every field of its config', () => {
    expect(existsSync(page)).toBe(true);
    const text = readFileSync(page, 'utf8');
    for (const field of fieldsOf(definition.schema)) expect(text).toContain(`\`${field}\``);
    expect(text.startsWith(`# ${definition.name}\n`)).toBe(true);
  });

  it('describes every field of its config', () => {
    for (const part of partsOf(definition.schema)) expect(part).toHaveProperty('description');
  });
}

/** `limit`, `request.set`, … */
function fieldsOf(schema: TSchema, prefix = ''): readonly string[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, part]) => {
    const inner = fieldsOf(part, `${prefix}${name}.`);
    return inner.length === 0 ? [prefix + name] : inner;
  });
}

function partsOf(schema: TSchema): readonly TSchema[] {
  return Object.values(propertiesOf(schema)).flatMap((part) => [part, ...partsOf(part)]);
}

function propertiesOf(schema: TSchema): Readonly<Record<string, TSchema>> {
  return 'properties' in schema && typeof schema.properties === 'object' ? { ...schema.properties } : {};
}
