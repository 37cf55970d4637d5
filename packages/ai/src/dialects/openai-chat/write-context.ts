import type { ChatRequest, Turn } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { CacheMarks } from './cache-marks.ts';
import { callIds, toolNames } from './chat-names.ts';
import type { ChatRules } from './chat-rules.ts';

/** What every part of a request is written with. */
export interface WriteContext {
  readonly request: ChatRequest;
  readonly target: Target;
  readonly rules: ChatRules;
  readonly losses: Losses;
  readonly names: WireNames;
  readonly ids: WireNames;
  readonly marks: CacheMarks;
}

export function writeContext(request: ChatRequest, target: Target, losses: Losses): WriteContext {
  const rules: ChatRules = target.rules;
  return {
    request,
    target,
    rules,
    losses,
    names: toolNames(request),
    ids: callIds(request, rules.toolCallIds),
    marks: new CacheMarks(request, rules.cacheMarks, losses),
  };
}

export function drops({ rules }: WriteContext, member: string): boolean {
  return rules.drops?.includes(member) ?? false;
}

export function takes({ rules }: WriteContext, member: string): boolean {
  return rules.takes?.includes(member) ?? false;
}

/** Of a turn's speaker, where the vendor takes names. */
export function nameOf({ name }: Turn, context: WriteContext): JsonFields {
  if (name === undefined) return {};
  if (!drops(context, 'name') && !drops(context, 'messages[].name')) return { name };
  context.losses.add('dropped', 'name');
  return {};
}
