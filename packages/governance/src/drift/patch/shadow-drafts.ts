import { mapOf } from '../../tree/json-tree.ts';
import type { DriftDocument } from '../drift-document.ts';
import type { ShadowRoute } from '../shadow-routes.ts';
import { spotAt } from '../schema-spots.ts';
import { ANY } from '../where.ts';
import { container, mediaDraft, queryParameter, replyDrafts, type Draft, type Proposal } from './additions.ts';

const METHODS: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'TRACE']);

/** An operation that nobody has described, by the calls of it. */
export function shadowProposal(route: ShadowRoute, document: DriftDocument): Proposal {
  const { method, path } = route;
  if (path.includes(ANY)) return 'has no path of its own: there are too many';
  if (!METHODS.has(method)) return 'has a method that a document cannot have';
  const item = spotAt(document.root, ['paths', path]);
  const isWritten = Object.hasOwn(mapOf(document.root['paths']) ?? {}, path);
  if (isWritten && item === undefined) return 'is described in another file';
  const holder = item?.path ?? ['paths', path];
  const at = [...holder, method.toLowerCase()];
  return [
    ...(mapOf(document.root['paths']) === undefined ? [container(['paths'])] : []),
    ...(item === undefined ? [container(holder)] : []),
    container(at, { summary: `Seen in traffic: ${method} ${path}` }),
    ...parameters(route, [...at, 'parameters'], item?.map['parameters']),
    ...request(route, at),
    container([...at, 'responses']),
    ...route.replies.flatMap((reply) => replyDrafts([...at, 'responses', reply.status], reply)),
  ];
}

/** Those of the path are not said again where the path item has them. */
function parameters({ path, query }: ShadowRoute, at: Draft['path'], shared: unknown): readonly Draft[] {
  const inPath = Array.isArray(shared) ? [] : [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  const names = query.filter((name) => name !== ANY);
  if (inPath.length + names.length === 0) return [];
  return [
    container(at, []),
    ...inPath.map((name): Draft => {
      const value = { name, in: 'path', required: true, schema: { type: 'string' } };
      return { path: [...at, '-'], is: 'value', value };
    }),
    ...names.map((name): Draft => ({ path: [...at, '-'], is: 'value', value: queryParameter(name) })),
  ];
}

function request({ request: seen }: ShadowRoute, at: Draft['path']): readonly Draft[] {
  const media = seen.flatMap((each) => (each.media === undefined ? [] : [{ ...each, media: each.media }]));
  if (media.length === 0) return [];
  const body = [...at, 'requestBody'];
  return [container(body), container([...body, 'content']), ...media.map((each) => mediaDraft(body, each))];
}
