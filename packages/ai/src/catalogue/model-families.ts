import type { Capabilities } from './model-facts.ts';

/** What vendors say of a line of models, where the catalogue's source says nothing. Reference §2.4, §6. */
export interface ModelFamily {
  readonly maxOutputTokens?: number;
  readonly can: Capabilities;
  /** Prices of the cache against that of input, in thousandths, for models whose own nobody lists. */
  readonly cache: CacheShares;
}

export interface CacheShares {
  readonly read: number;
  readonly write: number;
  readonly write1h: number;
}

export function familyOf(model: string): ModelFamily {
  return FAMILIES.find(([name]) => name.test(model))?.[1] ?? UNKNOWN;
}

const NOTHING_KNOWN: Capabilities = {};
/** Without a known rebate, tokens from a cache cost what others do. */
const NO_REBATE: CacheShares = { read: 1000, write: 1000, write1h: 1000 };
const UNKNOWN: ModelFamily = { can: NOTHING_KNOWN, cache: NO_REBATE };

const CLAUDE: CacheShares = { read: 100, write: 1250, write1h: 2000 };
const OPENAI: CacheShares = { read: 500, write: 1000, write1h: 1000 };
/** From GPT-5.6 on, writing costs more than reading anew. */
const OPENAI_WRITES: CacheShares = { read: 500, write: 1250, write1h: 1250 };
const GEMINI: CacheShares = { read: 250, write: 1000, write1h: 1000 };

/**
 * Of a list such as `vision tools`; `?` before a word: unknown. What is not named, it cannot; only of documents and
 * sound, which sellers of models read into text for some of them, a `-` has to say so.
 */
function can(words: string): Capabilities {
  const list = words.split(' ');
  const has = (word: string): boolean | undefined => (list.includes(`?${word}`) ? undefined : list.includes(word));
  const said = (word: string): boolean | undefined => (list.includes(`-${word}`) ? false : has(word) || undefined);
  return {
    vision: has('vision'),
    documents: said('documents'),
    audio: said('audio'),
    tools: has('tools'),
    schema: has('schema'),
    reasoning: has('reasoning'),
  };
}

const ALL = can('vision tools schema reasoning');
const NO_REASONING = can('vision tools schema');

function family(maxOutputTokens: number | undefined, abilities: Capabilities, cache: CacheShares): ModelFamily {
  return { ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }), can: abilities, cache };
}

/**
 * The first that matches. Names may stand behind a path, a region or a maker, as resellers write them; the expressions
 * look for fixed parts only, so that no name takes long.
 */
const FAMILIES: readonly (readonly [RegExp, ModelFamily])[] = [
  [/claude-(?:instant|v?[12](?:$|[.:-]))/, family(4096, can('-documents -audio'), CLAUDE)],
  [/claude-3[.-]5-/, family(8192, can('vision tools ?schema -audio'), CLAUDE)],
  [/claude-3[.-]7-/, family(64_000, can('vision tools ?schema reasoning -audio'), CLAUDE)],
  [/claude-3-/, family(4096, can('vision tools -audio'), CLAUDE)],
  [/claude-(?:opus|sonnet)-5[.-]5/, family(128_000, ALL, { ...CLAUDE, read: 50 })],
  [/claude-fable-5[.-]1/, family(128_000, ALL, { ...CLAUDE, read: 25 })],
  [/claude-(?:opus|sonnet|haiku|fable)-(?:5|4[.-][6-8])/, family(128_000, ALL, CLAUDE)],
  [/claude-(?:opus|sonnet|haiku)-4[.-]5|claude-4[.-]5-/, family(64_000, ALL, CLAUDE)],
  [/claude-(?:opus-4|4-opus)/, family(32_000, can('vision tools ?schema reasoning'), CLAUDE)],
  [/claude-(?:sonnet-4|4-sonnet)/, family(64_000, can('vision tools ?schema reasoning'), CLAUDE)],
  [/claude-/, family(undefined, can('?vision ?tools ?schema ?reasoning'), CLAUDE)],

  [
    /(?:^|[./])(?:gpt|o[134])-.*(?:audio|realtime|transcribe|tts|image|search)/,
    family(undefined, NOTHING_KNOWN, OPENAI),
  ],
  [/(?:^|[./])chatgpt-/, family(undefined, NOTHING_KNOWN, OPENAI)],
  [/(?:^|[./])gpt-3\.5/, family(4096, can('tools -documents -audio'), OPENAI)],
  [/(?:^|[./])gpt-4o-2024-05-13/, family(4096, can('vision tools -audio'), OPENAI)],
  [/(?:^|[./])gpt-4(?:o|\.5)/, family(16_384, can('vision tools schema -audio'), OPENAI)],
  [/(?:^|[./])gpt-4\.1/, family(32_768, can('vision tools schema -audio'), OPENAI)],
  [/(?:^|[./])gpt-4-(?:turbo|vision|\d{4}-preview)/, family(4096, can('?vision tools'), OPENAI)],
  [/(?:^|[./])gpt-4/, family(8192, can('tools -documents -audio'), OPENAI)],
  [/(?:^|[./])gpt-5(?:\.\d)?-chat/, family(16_384, NO_REASONING, OPENAI)],
  [/(?:^|[./])gpt-5-pro/, family(272_000, ALL, OPENAI)],
  [/(?:^|[./])gpt-(?:5[.-][6-9]|[6-9])/, family(128_000, ALL, OPENAI_WRITES)],
  [/(?:^|[./])gpt-5/, family(128_000, ALL, OPENAI)],
  [/(?:^|[./])gpt-oss/, family(undefined, can('tools schema reasoning'), NO_REBATE)],
  [/(?:^|[./])o1-mini/, family(65_536, can('reasoning'), OPENAI)],
  [/(?:^|[./])o1-preview/, family(32_768, can('reasoning'), OPENAI)],
  [/(?:^|[./])o3-mini/, family(100_000, can('tools schema reasoning'), OPENAI)],
  [/(?:^|[./])o[134](?:$|-)/, family(100_000, ALL, OPENAI)],

  [/gemini-.*(?:image|-tts|live|audio|embedding|omni)/, family(undefined, NOTHING_KNOWN, GEMINI)],
  [/gemini-(?:1\.|2\.0|flash-1\.5|pro-1\.5)/, family(8192, can('vision documents audio tools schema'), GEMINI)],
  [/gemini-(?:2\.5|[3-9])/, family(65_536, can('vision documents audio tools schema reasoning'), GEMINI)],
  [/gemini-/, family(undefined, NOTHING_KNOWN, GEMINI)],

  [/grok-4/, family(undefined, ALL, NO_REBATE)],
  [/grok-3/, family(undefined, can('tools schema ?reasoning'), NO_REBATE)],
  [/command-a/, family(8192, can('?vision tools schema ?reasoning'), NO_REBATE)],
  [/command-r/, family(4096, can('tools schema'), NO_REBATE)],
  [/magistral-/, family(undefined, can('?vision tools schema reasoning'), NO_REBATE)],
  [/pixtral-/, family(undefined, NO_REASONING, NO_REBATE)],
  [
    /(?:mistral-(?:large|medium|small)|ministral|devstral)-/,
    family(undefined, can('?vision tools schema ?reasoning'), NO_REBATE),
  ],
  [/deepseek-v3/, family(undefined, can('tools ?schema ?reasoning'), NO_REBATE)],
  [/deepseek-(?:chat|reasoner|v\d)/, family(undefined, can('?vision tools ?schema ?reasoning'), NO_REBATE)],
  [/(?:^|\/)sonar/, family(undefined, can('?vision schema ?reasoning'), NO_REBATE)],
];
