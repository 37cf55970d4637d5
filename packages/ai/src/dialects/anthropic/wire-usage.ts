import type { JsonFields } from '../../canonical/json.ts';
import { asCount, asFields, type Fields } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';

/** The canonical form of a `usage` object; undefined when it counts nothing. Here input leaves out what was cached. */
export function readUsage(usage: Fields): Usage | undefined {
  const input = asCount(usage['input_tokens']);
  const output = asCount(usage['output_tokens']);
  if (input === undefined && output === undefined) return undefined;
  const cacheRead = asCount(usage['cache_read_input_tokens']);
  const { minutes, hour } = writtenByTtl(usage);
  const written = minutes === undefined && hour === undefined ? undefined : (minutes ?? 0) + (hour ?? 0);
  const cacheWrite = asCount(usage['cache_creation_input_tokens']) ?? written;
  const reasoning = asCount(asFields(usage['output_tokens_details'])?.['thinking_tokens']);
  return {
    inputUncached: input ?? 0,
    ...(cacheRead !== undefined && { cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(hour !== undefined && { cacheWrite1h: hour }),
    outputText: Math.max(0, (output ?? 0) - (reasoning ?? 0)),
    ...(reasoning !== undefined && { reasoning }),
  };
}

function writtenByTtl(usage: Fields): { readonly minutes: number | undefined; readonly hour: number | undefined } {
  const creation = asFields(usage['cache_creation']);
  return {
    minutes: asCount(creation?.['ephemeral_5m_input_tokens']),
    hour: asCount(creation?.['ephemeral_1h_input_tokens']),
  };
}

/** A stream counts at its start and again, cumulatively, later: what is there again replaces what was. */
export class UsageSoFar {
  #fields: Fields = {};

  /** Undefined when the new object counts nothing. */
  add(value: unknown): Usage | undefined {
    const fields = asFields(value);
    if (fields === undefined) return undefined;
    const said = Object.entries(fields).filter(([, count]) => count !== null);
    this.#fields = { ...this.#fields, ...Object.fromEntries(said) };
    return said.length === 0 ? undefined : readUsage(this.#fields);
  }
}

/** What of a `usage` object has no canonical place. */
export function restOfUsage(usage: Fields): JsonFields {
  const rest = Object.entries(usage).filter(([name, value]) => value !== null && !COUNTED.has(name));
  return asJsonFields(Object.fromEntries(rest));
}

/** `cache_creation` stays: official SDKs take it from the start of a stream only, which may come before any count. */
const COUNTED: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'output_tokens_details',
]);

function asJsonFields(fields: Fields): JsonFields {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- taken from parsed JSON
  return fields as JsonFields;
}

/** The counts of a `usage` object; what nobody counted is null, as the dialect has it. */
export function writeUsage(usage: Usage): JsonFields {
  const { reasoning, cacheWrite, cacheWrite1h } = usage;
  return {
    input_tokens: Math.max(0, usage.inputUncached),
    cache_creation_input_tokens: cacheWrite ?? null,
    ...(cacheWrite1h !== undefined && {
      cache_creation: {
        ephemeral_5m_input_tokens: Math.max(0, (cacheWrite ?? 0) - cacheWrite1h),
        ephemeral_1h_input_tokens: cacheWrite1h,
      },
    }),
    cache_read_input_tokens: usage.cacheRead ?? null,
    output_tokens: Math.max(0, usage.outputText + (reasoning ?? 0)),
    output_tokens_details: reasoning === undefined ? null : { thinking_tokens: reasoning },
  };
}
