import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { type Fields, fields } from './fields.ts';

/** The document as it is served, and as the checks are compiled from it. */
export interface OpenApiDocument {
  readonly yaml: string;
  readonly json: string;
  readonly content: Fields;
}

export function readOpenApiDocument(file = new URL('../openapi.yaml', import.meta.url)): OpenApiDocument {
  const yaml = readFileSync(file, 'utf8');
  const content = fields(parse(yaml));
  return { yaml, json: JSON.stringify(content), content };
}
