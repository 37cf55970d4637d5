import { eachOperation, OPERATIONS_MAX } from '../operations/operations-of.ts';
import type { Loss } from '../swagger/losses.ts';
import { isSwagger, upgradeSwagger } from '../swagger/upgrade-swagger.ts';
import { mapOf, shown, treeProblem, type JsonMap } from '../tree/json-tree.ts';
import type { ImportFinding } from './import-finding.ts';
import { referenceFindings } from './reference-findings.ts';
import { routeFindings } from './route-findings.ts';
import { yamlTree } from './yaml-tree.ts';

export interface ApiDocument {
  /** As it came, or the upgrade of a Swagger document: OpenAPI 3.0, 3.1 or 3.2. */
  readonly text: string;
  readonly root: JsonMap;
  /** What it was written in, as `2.0` or `3.1.0`. */
  readonly format: string;
  readonly title: string;
  /** Of the api, not of the language. */
  readonly version: string;
  /** Those with `error` stand in the way of an import. */
  readonly findings: readonly ImportFinding[];
}

/** Of what came and of what is made of it. */
export const DOCUMENT_CHARS_MAX = 10_000_000;
const BOUNDS = { partsMax: 1_000_000, depthMax: 400 } as const;

/**
 * The text of an OpenAPI or Swagger document, JSON or YAML, from somebody whom nobody knows. The answer with a
 * `problem` says in a sentence why it is none.
 */
export function readApiDocument(text: string): ApiDocument | { readonly problem: string } {
  const root = parsed(text);
  if (typeof root === 'string') return { problem: root };
  const format = formatOf(root);
  if ('problem' in format) return format;
  const upgrade = isSwagger(root) ? upgradeSwagger(root) : undefined;
  const document = upgrade?.document ?? root;
  const problem = upgrade && treeProblem(document, BOUNDS);
  if (problem !== undefined) return { problem: `the document ${problem} when it is written as OpenAPI 3.1` };
  const written = upgrade === undefined ? text : asText(document);
  if (written.length > DOCUMENT_CHARS_MAX)
    return { problem: 'the document is larger than 10 MB when it is written as OpenAPI 3.1' };
  const operations = [...eachOperation(document)].length;
  if (operations === 0) return { problem: 'the document has no operations' };
  if (operations > OPERATIONS_MAX)
    return { problem: `the document has ${operations} operations, at most ${OPERATIONS_MAX} are taken` };
  const { title, version } = mapOf(document['info']) ?? {};
  return {
    text: written,
    root: document,
    format: format.format,
    title: typeof title === 'string' ? title.slice(0, 200) : '',
    version: typeof version === 'string' || typeof version === 'number' ? String(version) : '',
    findings: [...referenceFindings(document), ...routeFindings(document), ...(upgrade?.losses ?? []).map(findingOf)],
  };
}

/** For people, unless it is too long then. */
function asText(document: JsonMap): string {
  const text = JSON.stringify(document, null, 2);
  return text.length > DOCUMENT_CHARS_MAX ? JSON.stringify(document) : text;
}

function findingOf({ pointer, what }: Loss): ImportFinding {
  return { severity: 'warning', pointer, message: `${pointer === '' ? 'the document' : 'this'} ${what}` };
}

/** The tree, or why there is none. */
function parsed(text: string): JsonMap | string {
  if (text.length > DOCUMENT_CHARS_MAX) return 'the document is larger than 10 MB';
  if (text.trim() === '') return 'the document is empty';
  if (text.includes('\0')) return 'this is no text';
  if (/^\s*</.test(text)) return 'this is a web page or XML, not an OpenAPI document in JSON or YAML';
  const root = treeOf(text.startsWith('\u{FEFF}') ? text.slice(1) : text);
  if ('problem' in root) return root.problem;
  const problem = treeProblem(root.tree, BOUNDS);
  if (problem !== undefined) return `the document ${problem}`;
  return mapOf(root.tree) ?? 'this is not an OpenAPI document: it is no map';
}

function treeOf(text: string): { readonly tree: unknown } | { readonly problem: string } {
  if (/^\s*\{/.test(text)) {
    try {
      const tree: unknown = JSON.parse(text);
      return { tree };
    } catch {
      // YAML may begin with a brace too, and its reader says where it stops.
    }
  }
  return yamlTree(text);
}

function formatOf({ openapi, swagger }: JsonMap): { readonly format: string } | { readonly problem: string } {
  if (typeof openapi === 'string' && /^3\.[012](?:\.\d+)?$/.test(openapi)) return { format: openapi };
  if (swagger === '2.0' || swagger === 2) return { format: '2.0' };
  if (openapi === undefined && swagger === undefined) {
    return { problem: 'this is not an OpenAPI document: it says neither `openapi` nor `swagger`' };
  }
  return {
    problem: `this is of version ${shown(openapi ?? swagger)}, those that are read are OpenAPI 3.0, 3.1, 3.2 and Swagger 2.0`,
  };
}
