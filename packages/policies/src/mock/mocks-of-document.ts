import type { PolicyContext } from '@gatehouse/config';
import { headerLine } from '@gatehouse/http';
import { mapOf, OpenApiDocument, type Part } from '../openapi-document.ts';
import { operationsOf } from '../openapi-operations.ts';
import type { Mock, MockAnswer, MockExample, MockMedia } from './mocked.ts';
import { sampleOf } from './sample.ts';

export interface MockOptions {
  readonly basePath: string;
  readonly readText: PolicyContext['readText'];
}

/** What each operation of a document may answer. Throws `DocumentProblem`s. */
export function mocksOf(
  source: { readonly file: string; readonly text: string },
  { basePath, readText }: MockOptions,
): readonly Mock[] {
  const document = new OpenApiDocument({ ...source, readText });
  return operationsOf(document).map(({ method, path, responses }) => ({
    method,
    path: basePath + path,
    answers: responses.map(([status, part]) => answerOf(document, status, part)),
  }));
}

function answerOf(document: OpenApiDocument, status: string, part: Part): MockAnswer {
  const media = document.members(document.at(part, 'content')).map(([type, written]): MockMedia => {
    return { type, examples: examplesOf(document, document.followed(written), type) };
  });
  return { status: status.toUpperCase(), headers: headersOf(document, part), media };
}

function examplesOf(document: OpenApiDocument, part: Part, type: string): readonly MockExample[] {
  const one = mapOf(part.value)?.['example'];
  if (one !== undefined) return [{ name: '', body: bodyText(one, type) }];
  const named = document.members(document.at(part, 'examples')).flatMap(([name, written]) => {
    const { value, dataValue = value, serializedValue } = mapOf(document.followed(written).value) ?? {};
    if (typeof serializedValue === 'string') return [{ name, body: serializedValue }];
    return dataValue === undefined ? [] : [{ name, body: bodyText(dataValue, type) }];
  });
  if (named.length > 0) return named;
  const schema = document.at(part, 'schema');
  const sample = schema.value === undefined ? undefined : sampleOf(document, schema);
  return sample === undefined ? [] : [{ name: '', body: bodyText(sample, type) }];
}

function bodyText(value: unknown, type: string): string {
  return typeof value === 'string' && !/[/+]json\b/i.test(type) ? value : JSON.stringify(value);
}

/** Of those that can stand in a head. */
function headersOf(document: OpenApiDocument, part: Part): readonly (readonly [string, string])[] {
  return document.members(document.at(part, 'headers')).flatMap(([written, found]) => {
    const name = written.toLowerCase();
    const header = document.followed(found);
    const example = mapOf(header.value)?.['example'] ?? sampleOf(document, document.at(header, 'schema'));
    if (FRAMING.has(name) || example === undefined || typeof example === 'object') return [];
    try {
      const value = typeof example === 'string' ? example : JSON.stringify(example);
      headerLine(name, value);
      return [[name, value] as const];
    } catch {
      return [];
    }
  });
}

const FRAMING = new Set(['content-type', 'content-length', 'transfer-encoding', 'connection', 'content-encoding']);
