import { listOf, namedOf, objectOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import type { OperationSite, Rule, RuleContext, Site } from '../rule.ts';
import { problemTypesIn } from './examples.ts';

const COPIED_CHARS_MIN = 20;
const COPIES_MIN = 3;
const PARAMETERS_MAX = 8;
const DEPTH_MAX = 5;

const copied: Rule = {
  id: 'D11',
  severity: 'info',
  axis: 'documentation',
  summary: 'Descriptions are not copied from operation to operation.',
  why: 'A text that fits everywhere says nothing anywhere.',
  bad: 'paths:\n  /a: { get: { description: Returns the requested things. } }\n  /b: { get: { description: Returns the requested things. } }\n  /c: { get: { description: Returns the requested things. } }\n',
  good: 'paths:\n  /a: { get: { description: Returns the requested things. } }\n  /b: { get: { description: Returns what else there is. } }\n',
  since: '0.1.0',
  hooks: ({ report }) => {
    const places = new Map<string, Path[]>();
    return {
      operation: ({ node, path }) => {
        const text = (textOf(node['description']) ?? '').trim();
        if (text.length < COPIED_CHARS_MIN) return;
        const known = places.get(text);
        if (known === undefined) places.set(text, [path]);
        else known.push(path);
      },
      end: () => {
        for (const paths of places.values()) {
          if (paths.length < COPIES_MIN) continue;
          for (const path of paths)
            report(`${paths.length} operations have this description`, [...path, 'description']);
        }
      },
    };
  },
};

const problemTypes: Rule = {
  id: 'D13',
  severity: 'warning',
  axis: 'documentation',
  summary: 'Errors list which problem types they may have.',
  why: 'A client acts by the `type`; the sentence is for people.',
  bad: 'paths:\n  /users:\n    get: { responses: { "404": { content: { application/problem+json: { schema: { properties: { type: {} } } } } } } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "404": { content: { application/problem+json: { example: { type: "https://shop.test/gone" } } } } } }\n',
  since: '0.1.0',
  hooks: (lint) => ({
    operation: ({ responses }) => {
      for (const { status, node, path } of responses) {
        if (!/^[45]/.test(status)) continue;
        const media = namedOf(node['content']).find(([type]) => /^application\/problem\+json/i.test(type));
        if (listOf(node['x-problem-types']).length > 0) continue;
        if (media === undefined || problemTypesIn(objectOf(media[1]), lint)) continue;
        lint.report(`${status} lists no problem \`type\``, [...path, 'content', media[0]]);
      }
    },
  }),
};

/** Of what? */
const BARE: ReadonlySet<string> = new Set(['id', 'type', 'data', 'value', 'object', 'item', 'key', 'code']);

const agents: Rule = {
  id: 'D14',
  severity: 'warning',
  axis: 'agent-readiness',
  summary:
    'An agent can call it: telling names, at most 8 parameters, flat bodies, alternatives that can be told apart, errors with a structure.',
  why: 'A model chooses by names and descriptions alone, and fills in what it cannot tell apart at random.',
  bad: 'paths:\n  /users:\n    get: { parameters: [{ name: type, in: query }] }\n',
  good: 'paths:\n  /users:\n    get: { parameters: [{ name: account_type, in: query }] }\n',
  since: '0.1.0',
  hooks: (lint) => {
    const { report, resolve } = lint;
    const told = new Set<JsonObject>();
    return {
      operation: (site) => {
        const { path, requestBody, responses, direction } = site;
        checkCount(site, lint);
        if (tooDeep(requestBody, resolve)) report('the body is nested more than 5 deep', [...path, 'requestBody']);
        for (const reply of responses) {
          if (told.has(reply.node)) continue;
          told.add(reply.node);
          if (reply.status.startsWith('2') && tooDeep(reply, resolve))
            report('the reply is nested more than 5 deep', reply.path);
          if (direction === 'path' && reply.status.startsWith('4') && !isStructured(reply, lint))
            report(`${reply.status} has no schema by which a program could tell what is wrong`, reply.path);
        }
      },
      parameter: ({ node, path }) => {
        const name = textOf(node['name']) ?? '';
        const isDescribed = node['in'] === 'path' && (textOf(node['description']) ?? '').trim() !== '';
        if (BARE.has(name) && !isDescribed) report(`\`${name}\` says nothing by itself`, path);
      },
      schema: ({ node, path, inRequest, inResponse }) => {
        if (!(inRequest || inResponse) || node['discriminator'] !== undefined) return;
        for (const field of ['anyOf', 'oneOf']) {
          const objects = listOf(node[field]).filter((each) => resolve(each)?.['properties'] !== undefined);
          if (objects.length > 1) report(`the alternatives of \`${field}\` have no discriminator`, [...path, field]);
        }
      },
    };
  },
};

/** What a path item alone has too many of is told there, once for all of its operations. */
function checkCount({ parameters, pathItem, path }: OperationSite, { report, resolve }: RuleContext): void {
  if (parameters.length <= PARAMETERS_MAX) return;
  const shared = listOf(pathItem.node['parameters']).filter((one) => resolve(one) !== undefined).length;
  const [count, at] = shared > PARAMETERS_MAX ? [shared, pathItem.path] : [parameters.length, path];
  report(`${count} parameters are more than ${PARAMETERS_MAX}`, [...at, 'parameters']);
}

function isStructured({ node }: Site, { resolve }: RuleContext): boolean {
  return namedOf(node['content']).some(([, media]) => resolve(objectOf(media)['schema']) !== undefined);
}

/** Level by level, each schema once a level: what is shared or refers to itself costs no more than the document. */
function tooDeep(body: OperationSite['requestBody'], resolve: RuleContext['resolve']): boolean {
  let level = resolved(
    namedOf(body?.node['content']).map(([, media]) => objectOf(media)['schema']),
    resolve,
  );
  const seen = new Set<JsonObject>();
  for (let depth = 0; level.size > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    const next = resolved([...level].flatMap(innerOf), resolve);
    for (const schema of level) seen.add(schema);
    // A schema that leads back to itself is as deep as its values are, which nobody knows.
    level = new Set([...next].filter((schema) => !seen.has(schema)));
  }
  return false;
}

/** With what they are composed of, which is as deep as they are. */
function resolved(values: readonly unknown[], resolve: RuleContext['resolve']): ReadonlySet<JsonObject> {
  const found = new Set<JsonObject>();
  const left = [...values];
  while (left.length > 0) {
    const schema = resolve(left.pop());
    if (schema === undefined || found.has(schema)) continue;
    found.add(schema);
    for (const field of ['allOf', 'anyOf', 'oneOf']) left.push(...listOf(schema[field]));
  }
  return found;
}

function innerOf(schema: JsonObject): readonly unknown[] {
  const { items, additionalProperties } = schema;
  return [...namedOf(schema['properties']).map(([, each]) => each), items, additionalProperties];
}

export const AGENT_RULES: readonly Rule[] = [copied, problemTypes, agents];
