import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Writing } from './write-blocks.ts';

const LABELS_MAX = 16;
const LABEL = /^[A-Za-z0-9\s:_@$#=/+,.-]{1,256}$/;
const LABEL_VALUE = /^[A-Za-z0-9\s:_@$#=/+,.-]{0,256}$/;

/** Who asks, what for, and how fast: what does not change the answer. */
export function writeLabels(request: ChatRequest, writing: Writing): JsonFields {
  const labels = writing.own ? { ...request.metadata } : legalLabels(request, writing);
  const tier = writeTier(request, writing);
  return {
    ...(Object.keys(labels).length > 0 && { requestMetadata: labels }),
    ...(tier !== undefined && { serviceTier: { type: tier } }),
  };
}

function legalLabels({ metadata, endUser }: ChatRequest, { losses }: Writing): Readonly<Record<string, string>> {
  const wanted = [...Object.entries(metadata ?? {}), ...(endUser === undefined ? [] : [['user', endUser] as const])];
  const legal = wanted.filter(([name, value]) => LABEL.test(name) && LABEL_VALUE.test(value)).slice(-LABELS_MAX);
  const user = legal.some(([name, value]) => name === 'user' && value === endUser);
  if (endUser !== undefined && !user) losses.add('dropped', 'user');
  if (wanted.length - (endUser === undefined ? 0 : 1) > legal.length - (user ? 1 : 0))
    losses.add('dropped', 'metadata');
  return Object.fromEntries(legal);
}

function writeTier({ tier }: ChatRequest, { losses, own }: Writing): string | undefined {
  if (tier === undefined || tier === 'auto') return undefined;
  if (tier !== 'scale') return tier === 'default' && !own ? undefined : tier;
  losses.add('dropped', 'service_tier');
  return undefined;
}
