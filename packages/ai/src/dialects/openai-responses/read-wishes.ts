import type { Effort, OutputWish, ReasoningWish } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, given, member, stringOf } from './fields.ts';

/** A member that holds several wishes, and what of it the canonical form has no place for. */
export interface WishRead<T> {
  readonly wish: T;
  readonly rest: JsonFields | undefined;
}

export function readText(fields: JsonFields): WishRead<OutputWish> {
  const text = member(fields, 'text', 'object') ?? {};
  const format = readFormat(text['format']);
  return {
    wish: given({ format: format.wish, verbosity: asText(text['verbosity']) }),
    rest: mergedRest(restOf(text, TEXT), format.rest === undefined ? undefined : { format: format.rest }),
  };
}

const TEXT = new Set(['format', 'verbosity']);
const FORMAT = new Set(['type', 'name', 'description', 'schema', 'strict']);

function readFormat(value: Json | undefined): WishRead<OutputWish['format']> {
  const format = fieldsOf(value);
  if (format === undefined || format['type'] === 'text') return { wish: undefined, rest: undefined };
  if (format['type'] === 'json_object') return { wish: { kind: 'json' }, rest: restOf(format, FORMAT) };
  const schema = fieldsOf(format['schema']);
  if (format['type'] !== 'json_schema') return { wish: undefined, rest: format };
  if (schema === undefined) throw new Untranslatable("'text.format.schema' must be an object.", 'text.format.schema');
  const { strict } = format;
  const wish = given({
    kind: 'schema',
    name: asText(format['name']),
    description: asText(format['description']),
    schema,
    strict: typeof strict === 'boolean' ? strict : undefined,
  });
  return { wish, rest: restOf(format, FORMAT) };
}

const REASONING = new Set(['effort', 'summary', 'generate_summary']);

export function readReasoningWish(fields: JsonFields): WishRead<ReasoningWish | undefined> {
  const reasoning = member(fields, 'reasoning', 'object') ?? {};
  const said = stringOf(reasoning['effort']);
  const effort = EFFORTS.get(said ?? '');
  const summaryStyle = asText(reasoning['summary']) ?? asText(reasoning['generate_summary']);
  const rest = mergedRest(restOf(reasoning, REASONING), effort === undefined ? given({ effort: said }) : undefined);
  if (effort === undefined && summaryStyle === undefined) return { wish: undefined, rest };
  const mode = effort === undefined ? 'auto' : effort === 'none' ? 'off' : 'effort';
  const expose = summaryStyle === undefined ? undefined : 'summary';
  return { wish: given({ mode, effort, summaryStyle, expose }), rest };
}

const EFFORTS: ReadonlyMap<string, Effort> = new Map(
  (['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const).map((effort) => [effort, effort]),
);

function mergedRest(first: JsonFields | undefined, second: JsonFields | undefined): JsonFields | undefined {
  const merged = { ...first, ...second };
  return Object.keys(merged).length === 0 ? undefined : merged;
}
