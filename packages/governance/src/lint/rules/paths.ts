import type { Path } from '../../document/json-value.ts';
import { inCase, isCase, wordsOf } from '../case-style.ts';
import { pageOf } from '../list-operation.ts';
import { isVersionSegment, segmentsOf, type Segment } from '../path-template.ts';
import type { Rule } from '../rule.ts';
import { hasShape } from '../schema-type.ts';
import { beginsWithVerb, isPlural, pluralOf } from '../words.ts';

const SINCE = '0.1.0';

const pathCase: Rule = {
  id: 'C01',
  severity: 'error',
  axis: 'consistency',
  summary: 'Path segments are in one case, kebab-case unless the organisation decides otherwise.',
  why: 'Paths are compared letter by letter. Callers who have to remember the case of each segment get it wrong.',
  bad: 'paths:\n  /userAccounts: {}\n',
  good: 'paths:\n  /user-accounts/{accountId}: {}\n',
  since: SINCE,
  options: ['pathCase'],
  hooks: ({ options, report }) => ({
    pathItem: ({ template, templatePath: path, direction }) => {
      if (direction !== 'path') return;
      for (const name of segmentsOf(template).flatMap(namesIn)) {
        if (isWellFormed(name, options.pathCase)) continue;
        report(`\`${name}\` is not ${options.pathCase}, \`${inCase(name, options.pathCase)}\` is`, path);
      }
    },
  }),
};

/** What is named in a segment: `user-{id}` names `user`. `.well-known` (RFC 8615) and `$batch` (OData) are as they are. */
function namesIn({ text, literal, parameters }: Segment): readonly string[] {
  if (literal === '.well-known' || /^[$@~]/.test(literal) || isVersionSegment(literal)) return [];
  if (parameters.length === 0) return literal === '' ? [] : [literal];
  const pieces = text.replace(/:[^:{}]*$/, '').split(/\{[^{}]*\}/);
  return pieces.map((piece) => piece.replace(/^[-_.,;~]+|[-_.,;~]+$/g, '')).filter((piece) => piece !== '');
}

/** Digits may begin a segment, dots may part a file's name. */
function isWellFormed(name: string, style: Parameters<typeof isCase>[1]): boolean {
  return name
    .split('.')
    .map((part) => part.replace(/^[0-9-]+/, ''))
    .every((part) => part === '' || isCase(part, style));
}

const plural: Rule = {
  id: 'C02',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Collections have plural names.',
  why: 'A plural tells a list from a single thing before any documentation is read.',
  bad: 'paths:\n  /order/{id}: {}\n',
  good: 'paths:\n  /orders/{id}: {}\n  /users/me/settings: {}\n',
  since: SINCE,
  hooks: (lint) => {
    const check = (literal: string, path: Path): void => {
      if (isManyOrNoList(literal)) return;
      lint.report(`\`${literal}\` holds many and is singular; name it \`${pluralised(literal)}\``, path);
    };
    return {
      pathItem: ({ template, templatePath: path, direction }) => {
        if (direction !== 'path') return;
        const segments = segmentsOf(template);
        for (const [i, { text, literal }] of segments.entries()) {
          if (isWhollyParameter(segments[i + 1]) && literal !== '' && text === literal) check(literal, path);
        }
      },
      operation: (operation) => {
        const last = segmentsOf(operation.template).at(-1);
        if (last !== undefined && hasShape(pageOf(operation, lint), 'array'))
          check(last.literal, operation.pathItem.templatePath);
      },
    };
  },
};

function isWhollyParameter(segment: Segment | undefined): boolean {
  return segment !== undefined && segment.literal === '' && segment.parameters.length > 0;
}

/** Parts of an address that are no lists, whatever follows. */
const NO_LISTS = new Set(
  (
    'me self api rest search latest current default internal public admin oauth oauth2 sso callback login logout proxy ' +
    'static download upload export import compare lookup preview'
  ).split(' '),
);

function isManyOrNoList(literal: string): boolean {
  if (NO_LISTS.has(literal) || isVersionSegment(literal) || literal.includes('.')) return true;
  const words = wordsOf(literal);
  const last = words.at(-1) ?? '';
  // `/by-email/{email}` and `/lookup2/{x}` name no list; verbs are told of by C03.
  return isPlural(last) || words.includes('by') || /^\d*$/.test(last) || beginsWithVerb(words);
}

function pluralised(literal: string): string {
  const last = wordsOf(literal).at(-1) ?? '';
  return literal.slice(0, literal.length - last.length) + pluralOf(literal.slice(literal.length - last.length));
}

const verbs: Rule = {
  id: 'C03',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Paths name things, not acts; a custom verb stands behind a colon.',
  why: 'The method is the verb. A second one in the path gives each act an address that callers cannot guess.',
  bad: 'paths:\n  /getUsers: {}\n  /orders/{id}/cancel: {}\n',
  good: 'paths:\n  /users: {}\n  /orders/{id}:cancel: {}\n  /orders/{id}/cancellation: {}\n',
  since: SINCE,
  hooks: ({ report }) => ({
    pathItem: ({ template, templatePath: path, direction }) => {
      if (direction !== 'path') return;
      const segments = segmentsOf(template);
      const found = segments.find(({ literal }, i) => {
        const words = wordsOf(literal);
        return beginsWithVerb(words) || (literal === 'list' && i > 0 && i === segments.length - 1);
      });
      if (found === undefined) return;
      const [verb = ''] = wordsOf(found.literal);
      report(`\`${found.literal}\` is an act; let the method say it, or write it as \`:${verb}\``, path);
    },
  }),
};

const shape: Rule = {
  id: 'C04',
  severity: 'error',
  axis: 'consistency',
  summary: 'Paths have no trailing slash and no query string.',
  why: 'With and without a slash are two addresses. A query string in a path is never matched by a router.',
  bad: 'paths:\n  /users/: {}\n  /orders?state=open: {}\n',
  good: 'paths:\n  /users: {}\n  /: {}\n',
  since: SINCE,
  hooks: ({ report }) => ({
    pathItem: ({ template, templatePath: path, direction }) => {
      if (direction !== 'path') return;
      const [plain = ''] = template.split(/[?#]/, 1);
      const rest = template[plain.length];
      if (rest === '?') report('the path holds a query string; declare query parameters instead', path);
      if (rest === '#') report('the path holds a fragment, which no caller sends', path);
      if (plain.length > 1 && plain.endsWith('/')) report('the path ends with a slash', path);
    },
  }),
};

const levels: Rule = {
  id: 'C07',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Resources are nested at most three levels below their root.',
  why: 'Each level is one more id that callers must know. What has an id of its own can be a root of its own.',
  bad: 'paths:\n  /a/{a}/b/{b}/c/{c}/d/{d}/e: {}\n',
  good: 'paths:\n  /a/{a}/b/{b}/c/{c}/d: {}\n',
  since: SINCE,
  options: ['subResourceLevelsMax'],
  hooks: ({ options, report }) => ({
    pathItem: ({ template, templatePath: path, direction }) => {
      if (direction !== 'path') return;
      const segments = segmentsOf(template);
      const nested = segments.filter((segment, i) => isNamed(segment) && holdsParameter(segments[i - 1])).length;
      const most = options.subResourceLevelsMax;
      if (nested > most) report(`${nested} levels of resources below the first, more than ${most}`, path);
    },
  }),
};

/** Neither the `.json` of `{id}.json` nor the hyphen of `{a}-{b}` is a resource. */
function isNamed({ text, literal, parameters }: Segment): boolean {
  if (parameters.length === 0) return literal !== '';
  return /[a-z0-9]/i.test(
    text
      .replace(/:[^:{}]*$/, '')
      .replace(/\}\.\w+$/, '}')
      .replace(/\{[^{}]*\}/g, ''),
  );
}

function holdsParameter(segment: Segment | undefined): boolean {
  return segment !== undefined && segment.parameters.length > 0;
}

export const PATH_RULES: readonly Rule[] = [pathCase, plural, verbs, shape, levels];
