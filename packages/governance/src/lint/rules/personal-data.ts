import { objectOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { wordsOf } from '../case-style.ts';
import type { Rule } from '../rule.ts';
import { shapeOf } from '../schema-type.ts';

/** The last words of names of what belongs to a person. */
const PERSONAL = new RegExp(
  `(?:^|_)(?:${[
    'e_?mail(?:_?address)?|(?:mobile|phone|telephone|cell_?phone|fax)(?:_?(?:number|no))?',
    'birth_?(?:date|day)|date_?of_?birth|dob|ssn|social_?security_?number',
    '(?:first|last|given|family|full|middle|maiden)_?name|surname|sur_name',
    '(?:street|home|postal|mailing|billing|shipping|delivery|residential)_?address|place_of_birth',
    'iban|passport(?:_?(?:number|no|id))?|tax_?(?:id|number)|national_?id(?:_number)?|driv(?:er|ers|ing)_licen[sc]e(?:_number)?',
    '(?:credit_?card|card)_?number|credit_?card',
  ].join('|')})(?:e?s)?$`,
);

const personal: Rule = {
  id: 'S19',
  severity: 'warning',
  axis: 'security',
  summary: 'What is personal says so by `x-data-class`.',
  why: 'Logs, exports and tests can only leave out what is known to be personal.',
  bad: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { properties: { email: { type: string } } } } } } }\n',
  good: 'paths:\n  /users:\n    post: { requestBody: { content: { application/json: { schema: { properties: { email: { type: string, x-data-class: personal } } } } } } }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => {
    const isTagged = (...nodes: readonly unknown[]): boolean =>
      nodes.some(
        (node) => objectOf(node)['x-data-class'] !== undefined || resolve(node)?.['x-data-class'] !== undefined,
      );
    const message = (name: string): string => `\`${name}\` looks personal and has no \`x-data-class\``;
    return {
      schema: ({ node, path, inRequest, inResponse, isTest }) => {
        if (isTest || !(inRequest || inResponse) || isTagged(node)) return;
        for (const [name, value] of Object.entries(objectOf(node['properties']))) {
          if (isPersonal(name, resolve(value)) && !isTagged(value))
            report(message(name), [...path, 'properties', name]);
        }
      },
      operation: ({ direction, parameters }) => {
        if (direction !== 'path') return;
        for (const { node, path } of parameters) {
          const name = textOf(node['name']) ?? '';
          if (isPersonal(name, resolve(node['schema'])) && !isTagged(node, node['schema'])) report(message(name), path);
        }
      },
    };
  },
};

/** Whether a channel is on, or how many there are, is nobody's address. */
function isPersonal(name: string, schema: JsonObject | undefined): boolean {
  if (!PERSONAL.test(wordsOf(name).join('_'))) return false;
  const shape = schema === undefined ? [] : shapeOf(schema);
  return !(shape.length === 1 && shape[0] === 'boolean');
}

export const PERSONAL_DATA_RULES: readonly Rule[] = [personal];
