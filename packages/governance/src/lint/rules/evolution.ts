import { isObject, listOf, namedOf, objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { writtenOfApi } from '../lifecycle.ts';
import type { Rule, Site } from '../rule.ts';
import { shapeOf, typesOf } from '../schema-type.ts';

const openEnums: Rule = {
  id: 'V08',
  severity: 'warning',
  axis: 'versioning',
  summary: 'Enums in responses are open: `x-extensible-enum` instead of, or beside, `enum`.',
  why: 'A new value is then no breaking change: callers were told to expect values that they do not know.',
  bad: 'components:\n  responses: { User: { content: { application/json: { schema: { type: string, enum: [a, b] } } } } }\n',
  good: 'components:\n  responses: { User: { content: { application/json: { schema: { type: string, x-extensible-enum: [a, b] } } } } }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => {
    const closed: Site[] = [];
    // `anyOf` of some values and of any text is an open list as well.
    const opened = new Set<unknown>();
    const references: JsonObject[] = [];
    return {
      reference: ({ node }) => void references.push(node),
      schema: ({ node, path, inResponse, isTest }) => {
        const members = listOf(node['anyOf']);
        if (members.some((member) => isAnyText(resolve(member)))) for (const member of members) opened.add(member);
        const values = listOf(node['enum']).filter((value) => typeof value === 'string');
        if (inResponse && !isTest && values.length > 1 && !isExtensible(node)) closed.push({ node, path });
      },
      end: () => {
        const [within, elsewhere] = [true, false].map(
          (wanted) => new Set(references.filter((one) => opened.has(one) === wanted).map(resolve)),
        );
        for (const { node, path } of closed) {
          if (opened.has(node) || (within?.has(node) === true && elsewhere?.has(node) === false)) continue;
          report('callers will take this list for complete; use `x-extensible-enum`', [...path, 'enum']);
        }
      },
    };
  },
};

/** By our own extension, or by that of AutoRest. */
function isExtensible(schema: JsonObject): boolean {
  const open = schema['x-extensible-enum'];
  return (open !== undefined && open !== false) || objectOf(schema['x-ms-enum'])['modelAsString'] === true;
}

function isAnyText(schema: JsonObject | undefined): boolean {
  if (schema === undefined || !typesOf(schema).includes('string')) return false;
  return LIMITING.every((field) => schema[field] === undefined);
}

const LIMITING = ['enum', 'const', 'format', 'pattern', 'allOf', 'anyOf', 'oneOf', 'not'];

const openObjects: Rule = {
  id: 'V09',
  severity: 'warning',
  axis: 'versioning',
  summary: 'Objects in responses stay open to new properties.',
  why: 'A client that validates against a closed schema fails on the day that a property is added.',
  bad: 'components:\n  responses: { User: { content: { application/json: { schema: { type: object, additionalProperties: false } } } } }\n',
  good: 'components:\n  requestBodies: { User: { content: { application/json: { schema: { type: object, additionalProperties: false } } } } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    schema: ({ node, path, inRequest, inResponse, isTest }) => {
      if (!inResponse || isTest || isMap(node)) return;
      const field = ['additionalProperties', 'unevaluatedProperties'].find((name) => isNothing(node[name]));
      if (field === undefined || !(shapeOf(node).includes('object') || shapeOf(node).length === 0)) return;
      const advice = inRequest ? '; requests that are closed need a schema of their own' : '';
      report(`responses of this kind can never have a new property${advice}`, [...path, field]);
    },
  }),
};

/** Its names are data: patterns say of which kind. */
function isMap({ properties, patternProperties }: JsonObject): boolean {
  return properties === undefined && namedOf(patternProperties).length > 0;
}

/** A schema that no value fits, in either spelling. */
function isNothing(schema: unknown): boolean {
  if (!isObject(schema)) return schema === false;
  const { not } = schema;
  return not === true || (isObject(not) && Object.keys(not).length === 0);
}

/** As wide as those who may call. */
const AUDIENCES = new Set(
  (
    'component-internal business-unit-internal company-internal external-partner external-public ' +
    'private team org internal partner external public'
  ).split(' '),
);

const identity: Rule = {
  id: 'V12',
  severity: 'error',
  axis: 'versioning',
  summary: 'The API has an id that stays (`x-api-id`) and an audience (`x-audience`).',
  why: 'Titles and addresses change; what is known of an API over time needs a name that does not.',
  bad: 'info: { title: Users }\n',
  good: 'info: { title: Users, x-api-id: 6f1f3a52-6f0c-4f53-9c1e-2a1d54d1f3b7, x-audience: company-internal }\n',
  since: '0.1.0',
  hooks: ({ root, previous, report }) => ({
    document: () => {
      const id = writtenOfApi(root, 'x-api-id');
      const before = textOf(writtenOfApi(objectOf(previous), 'x-api-id').value);
      const name = textOf(id.value);
      if (id.value === undefined) report('there is no `x-api-id`, such as a UUID', id.path);
      else if (name === undefined || !/^[A-Za-z0-9][\w.:-]{0,127}$/.test(name)) {
        report('`x-api-id` is no id: letters, digits and hyphens', id.path);
      } else if (before !== undefined && before !== name) report(`the id changed, it was \`${before}\``, id.path);
      const audience = writtenOfApi(root, 'x-audience');
      if (audience.value === undefined) report('there is no `x-audience`, such as company-internal', audience.path);
      else if (!AUDIENCES.has(textOf(audience.value) ?? '')) {
        report(`${JSON.stringify(audience.value)} is none of ${[...AUDIENCES].join(', ')}`, audience.path);
      }
    },
  }),
};

export const EVOLUTION_RULES: readonly Rule[] = [openEnums, openObjects, identity];
