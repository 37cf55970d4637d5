import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import type { Sample } from './sample.ts';

export interface ReadSamples {
  readonly samples: readonly Sample[];
  /** Lines, or entries, that are no calls. */
  readonly unread: number;
}

/** More make no better draft. */
const SAMPLES_MAX = 200_000;

/**
 * Recorded calls: a HAR file, or JSON lines. Of lines it takes `{method, path, query, status, requestBody,
 * requestContentType, responseBody, contentType}` and the records of the gate.
 */
export function readSamples(text: string): ReadSamples {
  const har = /^\s*\{\s*"log"/.test(text.slice(0, 1000)) ? jsonOf(text) : undefined;
  const entries = mapOf(mapOf(har)?.['log'])?.['entries'];
  const rows = Array.isArray(entries) ? entries.map(ofEntry) : linesOf(text).map((line) => ofRow(mapOf(jsonOf(line))));
  const samples = rows.filter((row) => row !== undefined);
  return { samples: samples.slice(0, SAMPLES_MAX), unread: rows.length - Math.min(samples.length, SAMPLES_MAX) };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function ofRow(row: JsonMap | undefined): Sample | undefined {
  const { method, path, query, status, requestBody, requestContentType, responseBody, contentType } = row ?? {};
  if (typeof method !== 'string' || typeof path !== 'string' || typeof status !== 'number') return undefined;
  const mark = path.indexOf('?');
  const asked = typeof query === 'string' ? query : mark < 0 ? undefined : path.slice(mark);
  return {
    method,
    path: mark < 0 ? path : path.slice(0, mark),
    status,
    ...(asked !== undefined && { query: asked }),
    ...(requestBody !== undefined && { requestBody }),
    ...(responseBody !== undefined && { responseBody }),
    ...(typeof requestContentType === 'string' && { requestContentType }),
    ...(typeof contentType === 'string' && { contentType }),
  };
}

/** HAR 1.2. */
function ofEntry(entry: unknown): Sample | undefined {
  const request = mapOf(mapOf(entry)?.['request']);
  const response = mapOf(mapOf(entry)?.['response']);
  const { method, url } = request ?? {};
  if (typeof url !== 'string' || !URL.canParse(url)) return undefined;
  const { pathname, search } = new URL(url);
  const sent = mapOf(request?.['postData']);
  const got = mapOf(response?.['content']);
  return ofRow({
    method,
    path: pathname,
    query: search,
    status: response?.['status'],
    requestBody: sent?.['text'],
    requestContentType: sent?.['mimeType'],
    // What was recorded as bytes is not looked into.
    responseBody: got?.['encoding'] === undefined ? got?.['text'] : undefined,
    contentType: got?.['mimeType'],
  });
}
