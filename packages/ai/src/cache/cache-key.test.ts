import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../canonical/chat-request.ts';
import type { CallerDialect } from '../canonical/dialect.ts';
import type { Json } from '../canonical/json.ts';
import { anthropicCaller } from '../dialects/anthropic/anthropic-caller.ts';
import { bedrockCaller } from '../dialects/bedrock/bedrock-caller.ts';
import { cohereCaller } from '../dialects/cohere/cohere-caller.ts';
import { geminiCaller } from '../dialects/gemini/gemini-caller.ts';
import { ollamaCaller } from '../dialects/ollama/ollama-caller.ts';
import { openAiChatCaller } from '../dialects/openai-chat/caller.ts';
import { openAiResponsesCaller } from '../dialects/openai-responses/caller.ts';
import { requestOf } from './__fixtures__/calls.ts';
import { CacheKey } from './cache-key.ts';
import { influences, type CacheScope } from './cache-scope.ts';

const SCOPE: CacheScope = { tenant: 'shop', model: 'fast' };

function digest(request: ChatRequest, scope: CacheScope = SCOPE): string | undefined {
  return CacheKey.of(scope, request)?.digest;
}

/** Says something in every member. */
const RICH: ChatRequest = {
  dialect: 'anthropic',
  model: 'fast',
  stream: false,
  instructions: [{ role: 'system', text: 'Be brief.', cache: { ttl: '1h' } }],
  turns: [
    {
      role: 'user',
      name: 'ann',
      blocks: [
        { type: 'text', text: 'Look', citations: [{ url: 'u', raw: { dialect: 'anthropic', data: { cache: null } } }] },
        { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'QQ==' }, cache: {} },
      ],
    },
    {
      role: 'assistant',
      phase: 'final_answer',
      blocks: [
        { type: 'reasoning', text: 'hm', signature: { value: 's', dialect: 'anthropic' } },
        { type: 'tool_call', id: 'c1', name: 'find', input: '{"a":1}' },
        { type: 'opaque', dialect: 'anthropic', data: { type: 'search', cache: 'x' } },
      ],
    },
    {
      role: 'user',
      blocks: [
        {
          type: 'tool_result',
          callId: 'c1',
          isError: false,
          content: [{ type: 'text', text: 'r' }],
          json: { n: null },
        },
      ],
    },
  ],
  tools: [
    {
      kind: 'function',
      name: 'find',
      description: 'd',
      strict: true,
      schema: { type: 'object', properties: { cache: { const: null, default: 5 } }, required: ['cache'] },
      cache: { ttl: '5m' },
    },
    { kind: 'hosted', name: 'web', hosted: { dialect: 'anthropic', definition: { max_uses: 1 } } },
  ],
  toolChoice: { mode: 'allowed', names: ['find'], required: true },
  parallelTools: true,
  sampling: {
    temperature: 0.5,
    topP: 0.9,
    topK: 4,
    minP: 0.1,
    frequencyPenalty: 1,
    presencePenalty: 2,
    seed: 7,
    logitBias: { 50256: -100, cache: 1 },
    stop: ['a', 'b'],
    n: 2,
  },
  maxOutputTokens: 100,
  logprobs: { top: 2 },
  output: { format: { kind: 'schema', name: 'o', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
  reasoning: { mode: 'effort', effort: 'high', expose: 'summary' },
  cache: { auto: {}, key: 'session-1', contentRef: 'cachedContents/1' },
  tier: 'flex',
  endUser: 'u1',
  metadata: { trace: 't1' },
  state: { container: 'c' },
  includeUsage: false,
  ext: { anthropic: { context_management: { edits: [] }, metadata: { x: 1 }, flag: true } },
};

type Path = readonly (string | number)[];

/** Everywhere that a value stands, and every object and list. */
function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([name, one]) => pathsOf(one, [...path, name]));
  return [path, ...inside];
}

function without(value: unknown, path: Path): unknown {
  return edited(value, path, () => undefined);
}

function edited(value: unknown, [name, ...rest]: Path, edit: (leaf: unknown) => unknown): unknown {
  if (name === undefined) return edit(value);
  if (Array.isArray(value)) {
    return value.flatMap((one, at): unknown[] => {
      if (String(at) !== name) return [one];
      const changed = edited(one, rest, edit);
      return changed === undefined ? [] : [changed];
    });
  }
  const entries = Object.entries(Object(value)).map(([key, one]) => [
    key,
    key === name ? edited(one, rest, edit) : one,
  ]);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function other(leaf: unknown): unknown {
  if (typeof leaf === 'string') return `${leaf}?`;
  if (typeof leaf === 'number') return leaf + 1;
  if (typeof leaf === 'boolean') return !leaf;
  return leaf === null ? 0 : leaf;
}

function asRequest(value: unknown): ChatRequest {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- edits of RICH, which no types could describe
  return value as ChatRequest;
}

/** How the answer is sent, to whom, and what the vendor's cache of prompts should do. */
const SILENT =
  /^(?:stream|includeUsage|endUser|metadata(?:\..*)?|cache|cache\.(?:auto|key).*|ext\.anthropic\.metadata.*|(?:instructions|turns|tools)\.(?:\d+\.)(?:blocks\.\d+\.)?cache(?:\..*)?)$/;

describe('CacheKey', () => {
  const paths = pathsOf(RICH).filter((path) => path.length > 0);

  it.each(paths.map((path) => [path.join('.'), path] as const))('tells a change of %s, if it matters', (name, path) => {
    const changed = edited(RICH, path, other);
    const leaf = JSON.stringify(changed) !== JSON.stringify(RICH);
    if (leaf) expect(digest(asRequest(changed)) === digest(RICH)).toBe(SILENT.test(name));
  });

  it('tells what is gone, and no two changes look alike', () => {
    const seen = new Map<string | undefined, string>([[digest(RICH), 'as it is']]);
    const required = /^(?:sampling|output|cache|ext)$/;
    for (const path of paths) {
      const name = path.join('.');
      if (SILENT.test(name) || required.test(name)) continue;
      const key = digest(asRequest(without(RICH, path)));
      // An empty list and what is only in it are gone alike.
      const twin = seen.get(key);
      if (twin !== undefined && !name.startsWith(twin)) expect(`${name} is gone`).toBe(`${twin} is gone`);
      seen.set(key, name);
    }
    expect(seen.size).toBeGreaterThan(100);
  });

  it('is the same whatever the order of members, with null for what is absent', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (coins) => {
        const shuffled = asRequest(shuffle(RICH, () => coins.next().value === true));
        expect(digest(shuffled)).toBe(digest(RICH));
      }),
    );
    const nulls = { ...RICH, tier: null, logprobs: null, toolChoice: null };
    const absent = asRequest(without(without(without(RICH, ['tier']), ['logprobs']), ['toolChoice']));
    expect(digest(asRequest(nulls))).toBe(digest(absent));
  });

  it('cannot be made without a tenant', () => {
    expect(() => CacheKey.of({ tenant: '', model: 'fast' }, RICH)).toThrow('tenant');
    for (const tenant of [undefined, null, 0, {}, ['shop']]) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a caller in JavaScript might do
      expect(() => CacheKey.of({ tenant: tenant as string, model: 'fast' }, RICH)).toThrow('tenant');
    }
  });

  it('never is the same for two scopes, however their parts are cut', () => {
    const part = fc.oneof(fc.string(), fc.constantFrom('a', 'b', '"', '\n', ',', '\ud800', '\udfff', 'null'));
    const scope = fc.record({
      tenant: part.filter((text) => text !== ''),
      model: part,
      partition: fc.option(part, { nil: undefined }),
      beside: fc.option(fc.dictionary(part, part), { nil: undefined }),
    });
    const request = requestOf('hi');
    fc.assert(
      fc.property(scope, scope, (a, b) => {
        const same = [a.tenant === b.tenant, a.model === b.model, a.partition === b.partition].every(Boolean);
        const alike = same && JSON.stringify(sortedBeside(a.beside)) === JSON.stringify(sortedBeside(b.beside));
        expect(digest(request, a) === digest(request, b)).toBe(alike);
      }),
      { numRuns: 500 },
    );
  });

  it('has none for a request that is nested too deep', () => {
    const deep: Json = JSON.parse(`${'['.repeat(5000)}1${']'.repeat(5000)}`);
    expect(CacheKey.of(SCOPE, requestOf('hi', { ext: { 'openai-chat': { deep } } }))).toBeUndefined();
    expect(CacheKey.of({ ...SCOPE, beside: deep }, requestOf('hi'))).toBeUndefined();
  });
});

interface Spoken {
  readonly caller: CallerDialect;
  readonly body: Json;
  /** Says the same, and asks for the same answer. */
  readonly alike: Json;
  /** Asks for something else where the canonical form has no place for it. */
  readonly unlike?: Json;
}

const MESSAGES = [{ role: 'user', content: 'hi' }];
const DOCUMENT = { id: 'd', data: { title: 'Guide', snippet: 'Turn left.' } };

const SPOKEN: readonly Spoken[] = [
  {
    caller: openAiChatCaller,
    body: { model: 'fast', messages: MESSAGES, user: 'u', prompt_cache_key: 'a', web_search_options: { a: 1, b: 2 } },
    alike: {
      stream_options: { include_usage: true },
      web_search_options: { b: 2, a: 1 },
      temperature: null,
      safety_identifier: 'x',
      user: 'v',
      metadata: { a: 'b' },
      stream: true,
      messages: MESSAGES.map(({ content, role }) => ({ name: null, content, role })),
      model: 'fast',
    },
    unlike: { model: 'fast', messages: MESSAGES, web_search_options: { a: 1, b: 3 } },
  },
  {
    caller: openAiResponsesCaller,
    body: { model: 'fast', input: 'hi', store: false, safety_identifier: 'u' },
    alike: { stream: true, store: false, input: 'hi', model: 'fast', top_p: null, prompt_cache_key: 'k' },
    unlike: { model: 'fast', input: 'hi', store: false, include: ['reasoning.encrypted_content'] },
  },
  {
    caller: anthropicCaller,
    body: { model: 'fast', max_tokens: 9, messages: MESSAGES, metadata: { user_id: 'u' } },
    alike: { stream: true, messages: MESSAGES, max_tokens: 9, model: 'fast', metadata: { user_id: 'v' }, system: null },
    unlike: { model: 'fast', max_tokens: 9, messages: MESSAGES, context_management: { edits: [{ type: 'x' }] } },
  },
  {
    caller: geminiCaller,
    body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], generationConfig: { topK: 3 } },
    alike: { generationConfig: { topP: null, topK: 3 }, contents: [{ parts: [{ text: 'hi' }], role: 'user' }] },
    unlike: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], generationConfig: { topK: 4 } },
  },
  {
    caller: bedrockCaller,
    body: {
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
      system: [{ guardContent: { text: { text: 'a' } } }],
    },
    alike: {
      requestMetadata: { a: 'b' },
      system: [{ guardContent: { text: { text: 'a' } } }],
      messages: [{ content: [{ text: 'hi' }], role: 'user' }],
    },
    unlike: {
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
      system: [{ guardContent: { text: { text: 'a', qualifiers: ['query'] } } }],
    },
  },
  {
    caller: cohereCaller,
    body: { model: 'fast', messages: MESSAGES, documents: [DOCUMENT] },
    alike: { documents: [DOCUMENT], messages: MESSAGES, model: 'fast', stream: true, seed: null },
    unlike: {
      model: 'fast',
      messages: MESSAGES,
      documents: [{ ...DOCUMENT, data: { ...DOCUMENT.data, title: 'Map' } }],
    },
  },
  {
    caller: ollamaCaller,
    body: { model: 'fast', messages: MESSAGES, options: { top_k: 3, mirostat: 1 } },
    alike: { keep_alive: '5m', stream: false, options: { mirostat: 1, top_k: 3 }, messages: MESSAGES, model: 'fast' },
    unlike: { model: 'fast', messages: MESSAGES, options: { top_k: 3, mirostat: 2 } },
  },
];

describe('keys of calls as they are spoken', () => {
  it.each(SPOKEN.map((spoken) => [spoken.caller.name, spoken] as const))(
    '%s: order, nulls, streams and users do not matter, all else does',
    (_name, { caller, body, alike, unlike }) => {
      const key = spokenKey(caller, body);
      expect(spokenKey(caller, alike)).toBe(key);
      if (unlike !== undefined) expect(spokenKey(caller, unlike)).not.toBe(key);
    },
  );
});

function spokenKey(caller: CallerDialect, body: Json): string | undefined {
  const request = caller.readRequest(body, { model: 'fast', header: () => undefined });
  return digest(request, { ...SCOPE, beside: influences(caller.name, body) });
}

function shuffle(value: unknown, coin: () => boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => shuffle(one, coin));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, shuffle(one, coin)] as const);
  const [first, second] = [entries.filter(coin), entries];
  return Object.fromEntries([...first, ...second]);
}

function sortedBeside(beside: Readonly<Record<string, string>> | undefined): unknown {
  return beside === undefined ? null : Object.entries(beside).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
