import { hash } from 'node:crypto';
import type { ChatRequest, DialectName } from '../canonical/chat-request.ts';
import type { CallerName } from '../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../canonical/json.ts';
import { sortedText, type TextRule } from './sorted-text.ts';

/** Whose answers these are, and what they depend on beside the request. */
export interface CacheScope {
  /** Shares nothing with any other: an application. */
  readonly tenant: string;
  /** A part of the tenant that shares nothing with its other parts, such as one of its own customers. */
  readonly partition?: string | undefined;
  /** The alias that the gate serves. */
  readonly model: string;
  /**
   * What the canonical form does not hold and the provider is told all the same: the body by `influences`, headers that
   * go along. Dialects tie some of it to their objects, where no key can see it.
   */
  readonly beside?: Json | undefined;
}

/** What a digest is for, so that those of one use never meet those of another. */
export type DigestUse =
  | { readonly kind: 'exact' }
  | { readonly kind: 'similar'; readonly embedder: string; readonly text: string };

/** The one way to any key of the cache. Undefined for requests that are nested too deep. */
export function scopeDigest(scope: CacheScope, request: ChatRequest, use: DigestUse): string | undefined {
  const { tenant, partition = null, model, beside = null } = scope;
  // Types do not hold at run time, and what this forgets one tenant reads of another.
  if (typeof tenant !== 'string' || tenant === '') throw new Error('A key of the cache needs a tenant.');
  const similar = use.kind === 'similar';
  const head = JSON.stringify([FORM, use.kind, tenant, partition, model, similar ? use.embedder : null]);
  const said = sortedText(influential(request), CANONICAL);
  const other = sortedText(beside, similar ? { ...WIRE, blank: use.text } : WIRE);
  if (said === undefined || other === undefined) return undefined;
  // No line break can be inside: each part is JSON.
  return hash('sha256', `${head}\n${said}\n${other}`, 'base64url');
}

/** Changes when texts are made in another way, for caches that outlive a process. */
const FORM = 'gatehouse-1';

/** Everything but what is named here: a member that the canonical form gets one day is in the key from that day. */
function influential(request: ChatRequest): object {
  const members = Object.entries(request).filter(([name]) => !BESIDE_THE_ANSWER.has(name));
  const { contentRef } = request.cache;
  return { ...Object.fromEntries(members), ...(contentRef !== undefined && { contentRef }), ext: extOf(request) };
}

function extOf({ dialect, ext: { [dialect]: own = {}, ...others } }: ChatRequest): object {
  const rest = withoutSilent(dialect, own);
  return Object.keys(rest).length === 0 ? others : { ...others, [dialect]: rest };
}

/** How the answer is sent, who wants it, and what the provider should keep of the prompt for the next call. */
const BESIDE_THE_ANSWER: ReadonlySet<string> = new Set([
  'stream',
  'includeUsage',
  'endUser',
  'metadata',
  'cache',
  'ext',
]);

/** Marks for the provider's prompt cache; what is data of others, verbatim. */
const CANONICAL: TextRule = {
  silent: new Set(['cache']),
  verbatim: new Set(['data', 'definition', 'ext', 'grammar', 'json', 'logitBias', 'schema', 'state']),
};
/** Schemas are in the canonical text, nulls and all. */
const WIRE: TextRule = {
  silent: new Set(['cache_control', 'prompt_cache_breakpoint']),
  verbatim: new Set(),
};

/** A body without the members that change nothing about the answer. */
export function influences(caller: CallerName, body: Json): Json {
  // What its variables bring stands in the request.
  if (caller === 'prompt') return null;
  return isJsonFields(body) ? withoutSilent(caller, body) : body;
}

function withoutSilent(dialect: DialectName, fields: JsonFields): JsonFields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !SILENT[dialect].has(name)));
}

const OPENAI = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
]);

const SILENT: Readonly<Record<DialectName, ReadonlySet<string>>> = {
  'openai-chat': OPENAI,
  'openai-responses': OPENAI,
  mistral: OPENAI,
  anthropic: new Set(['stream', 'metadata', 'cache_control']),
  gemini: new Set(['labels']),
  bedrock: new Set(['requestMetadata']),
  cohere: new Set(['stream']),
  ollama: new Set(['stream', 'keep_alive']),
};
