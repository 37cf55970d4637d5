import path from 'node:path';
import { lossesOf, sentenceOf, type Played } from './cell.ts';
import type { JsonObject } from './scenario.ts';
import { isObject } from './clients/client.ts';

const FOLDER = path.join(import.meta.dirname, 'golden');

export function goldenFile(vendor: string, scenario: string): string {
  return path.join(FOLDER, vendor, `${scenario}.json`);
}

/** What a vendor gets of one scenario; clients for whom it gets the same stand together. */
export interface Golden {
  readonly clients: readonly string[];
  readonly refused?: string;
  readonly loss?: readonly string[];
  readonly requests?: readonly JsonObject[];
}

export function goldenText(vendor: string, played: readonly (readonly [client: string, played: Played])[]): string {
  const groups = new Map<string, string[]>();
  for (const [client, one] of played) {
    const text = JSON.stringify(entryOf(vendor, one));
    groups.set(text, [...(groups.get(text) ?? []), client]);
  }
  const entries = [...groups].map(([text, clients]) => ({ clients, ...objectIn(text) }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

function entryOf(vendor: string, played: Played): object {
  const calls = played.calls.filter((call) => call.vendor === vendor);
  if (calls.length === 0) return { refused: sentenceOf(played.error) };
  const loss = lossesOf(played);
  return {
    ...(loss.length > 0 && { loss }),
    requests: withStableIds(calls.map(({ path: at, body }) => ({ path: at, body: sorted(body) }))),
  };
}

/** Ids that the gate makes up are random; only which of them are the same matters. */
function withStableIds(requests: readonly object[]): unknown {
  const seen = new Map<string, string>();
  const text = JSON.stringify(requests).replace(/[0-9a-f]{24}/g, (id) => {
    const stable = seen.get(id) ?? `(id ${seen.size + 1})`;
    seen.set(id, stable);
    return stable;
  });
  return JSON.parse(text);
}

/** JSON with its members in order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}

/** A request for a stream without that which asks for one. */
export function unstreamed(body: JsonObject): unknown {
  const { stream: _, stream_options: __, ...rest } = body;
  return sorted(rest);
}

function objectIn(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  return isObject(value) ? value : {};
}
