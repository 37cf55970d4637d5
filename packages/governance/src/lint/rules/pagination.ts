import { namedOf, textOf, type JsonObject } from '../../document/json-value.ts';
import { wordsOf } from '../case-style.ts';
import { pageOf, propertiesOf } from '../list-operation.ts';
import type { Pagination } from '../options.ts';
import type { OperationSite, Rule, RuleContext } from '../rule.ts';

type Style = Exclude<Pagination, 'any'>;
/** Names of query parameters, as words with `_` between, that tell where a page begins. */
const STARTS: Readonly<Record<Style, ReadonlySet<string>>> = {
  cursor: new Set(
    (
      'cursor page_token next_token after before starting_after ending_before continuation_token continuation marker ' +
      'page_cursor skip_token start_key exclusive_start_key since_id next pagination_token after_id before_id max_id last_id ' +
      'last_key scroll_id bookmark'
    ).split(' '),
  ),
  offset: new Set(['offset', 'skip', 'start', 'start_index', 'start_at', 'from', 'first_result']),
  page: new Set(['page', 'page_number', 'page_no', 'page_num', 'page_index', 'current_page']),
};
/** Properties of a page that lead to the next one. */
const NEXT = new Set('next next_cursor next_page next_page_token next_link next_token links next_url'.split(' '));

const pagination: Rule = {
  id: 'C17',
  severity: 'error',
  axis: 'consistency',
  summary: 'Operations that list are paged, all in the same style.',
  why: 'A list without pages works until it is long; adding them later breaks whoever expects all of it.',
  bad: `paths:
  /users:
    get:
      responses: { "200": { content: { application/json: { schema: { properties: { items: { type: array } } } } } } }
`,
  good: `paths:
  /users:
    get:
      parameters: [{ name: limit, in: query }, { name: cursor, in: query }]
      responses: { "200": { content: { application/json: { schema: { properties: { items: { type: array } } } } } } }
`,
  since: '0.1.0',
  options: ['pagination'],
  hooks: (lint) => ({
    operation: (operation) => {
      const page = pageOf(operation, lint);
      if (page === undefined) return;
      const styles = stylesOf(operation);
      const wanted = lint.options.pagination;
      if (styles.length === 0 && !(wanted === 'any' && (leadsOn(page, lint) || hasLink(operation)))) {
        lint.report('the list has no pages: there is no parameter such as `cursor`', operation.path);
      } else if (wanted !== 'any' && !styles.includes(wanted)) {
        lint.report(`the list is paged by ${styles.join(' and ')}, not by ${wanted}`, operation.path);
      }
    },
  }),
};

function stylesOf({ parameters }: OperationSite): readonly Style[] {
  const names = parameters
    .filter(({ node }) => node['in'] === 'query')
    .map(({ node }) => textOf(node['name']) ?? '')
    .flatMap((name) => [name, lastPart(name)].map((each) => wordsOf(each).join('_')));
  return STYLES.filter((style) => names.some((name) => STARTS[style].has(name)));
}

const STYLES: readonly Style[] = ['cursor', 'offset', 'page'];

/** `page[cursor]` is `cursor`. */
function lastPart(name: string): string {
  return /\[([^[\]]+)\]$/.exec(name)?.[1] ?? name;
}

function leadsOn(page: JsonObject, lint: RuleContext): boolean {
  return propertiesOf(page, lint).some(([name]) => NEXT.has(wordsOf(name).join('_')));
}

/** RFC 8288: the next page may stand in the head of the reply. */
function hasLink({ responses }: OperationSite): boolean {
  return responses.some(
    ({ status, node }) => status.startsWith('2') && namedOf(node['headers']).some(([name]) => /^link$/i.test(name)),
  );
}

export const PAGINATION_RULES: readonly Rule[] = [pagination];
