import { listOf, namedOf, objectOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import type { OperationSite, Rule, RuleContext } from '../rule.ts';

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
        if (media === undefined || namesTypes(objectOf(media[1]), lint)) continue;
        lint.report(`${status} lists no problem \`type\``, [...path, 'content', media[0]]);
      }
    },
  }),
};

function namesTypes(media: JsonObject, { resolve }: RuleContext): boolean {
  const schema = resolve(media['schema']);
  const examples = [media['example'], ...namedOf(media['examples']).map(([, each]) => resolve(each)?.['value'])];
  if (schema !== undefined) examples.push(schema['example'], ...listOf(schema['examples']));
  if (examples.some((each) => objectOf(each)['type'] !== undefined)) return true;
  const parts = [schema, ...listOf(schema?.['allOf']).map((part) => resolve(part))];
  return parts.some((part) => {
    const type = resolve(objectOf(part?.['properties'])['type']);
    return ['enum', 'const', 'example', 'examples', 'default'].some((field) => type?.[field] !== undefined);
  });
}

const BARE: ReadonlySet<string> = new Set(['id', 'type', 'data', 'value', 'name']);

const agents: Rule = {
  id: 'D14',
  severity: 'warning',
  axis: 'agent-readiness',
  summary:
    'An agent can call it: telling names, at most 8 parameters, flat bodies, alternatives that can be told apart.',
  why: 'A model chooses by names and descriptions alone, and fills in what it cannot tell apart at random.',
  bad: 'paths:\n  /users:\n    get: { parameters: [{ name: type, in: query }] }\n',
  good: 'paths:\n  /users:\n    get: { parameters: [{ name: account_type, in: query }] }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    operation: (site) => {
      const { parameters, path, requestBody } = site;
      if (parameters.length > PARAMETERS_MAX)
        report(`${parameters.length} parameters are more than 8`, [...path, 'parameters']);
      if (tooDeep(requestBody, resolve)) report('the body is nested more than 5 deep', [...path, 'requestBody']);
    },
    parameter: ({ node, path }) => {
      const name = textOf(node['name']) ?? '';
      if (node['in'] === 'query' && BARE.has(name) && name !== 'name')
        report(`\`${name}\` says nothing by itself`, path);
    },
    schema: ({ node, path, inRequest }) => {
      if (!inRequest || node['discriminator'] !== undefined) return;
      for (const field of ['anyOf', 'oneOf']) {
        const objects = listOf(node[field]).filter((each) => resolve(each)?.['properties'] !== undefined);
        if (objects.length > 1) report(`the alternatives of \`${field}\` have no discriminator`, [...path, field]);
      }
    },
  }),
};

/** Level by level, each schema once a level: what is shared or refers to itself costs no more than the document. */
function tooDeep(body: OperationSite['requestBody'], resolve: RuleContext['resolve']): boolean {
  let level = resolved(
    namedOf(body?.node['content']).map(([, media]) => objectOf(media)['schema']),
    resolve,
  );
  for (let depth = 0; level.size > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    level = resolved([...level].flatMap(innerOf), resolve);
  }
  return false;
}

function resolved(values: readonly unknown[], resolve: RuleContext['resolve']): ReadonlySet<JsonObject> {
  return new Set(values.map((value) => resolve(value)).filter((schema) => schema !== undefined));
}

function innerOf(schema: JsonObject): readonly unknown[] {
  return [...namedOf(schema['properties']).map(([, each]) => each), schema['items']];
}

export const AGENT_RULES: readonly Rule[] = [copied, problemTypes, agents];
