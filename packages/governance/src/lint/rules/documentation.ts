import { isObject, listOf, objectOf, shownOf, textOf } from '../../document/json-value.ts';
import type { Rule } from '../rule.ts';

const DESCRIPTION_CHARS_MIN = 80;
const SUMMARY_CHARS_MAX = 60;

const isEmpty = (value: unknown): boolean => (textOf(value) ?? '').trim() === '';

const described: Rule = {
  id: 'D01',
  severity: 'error',
  axis: 'documentation',
  summary: 'The API has a title and a description of at least 80 characters.',
  why: 'Whoever looks for an API reads these first, and decides by them whether to read on.',
  bad: 'info: { title: Users, description: Users. }\n',
  good: 'info:\n  title: Users\n  description: Who may use the shop, with what each of them is called and how they can be reached by mail.\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    document: ({ node }) => {
      const info = objectOf(node['info']);
      if (isEmpty(info['title'])) report('the API has no title', ['info']);
      const description = (textOf(info['description']) ?? '').trim();
      if (description === '') report('the API has no description', ['info']);
      else if (description.length < DESCRIPTION_CHARS_MIN) {
        report(`the description has ${description.length} characters, write at least 80`, ['info', 'description']);
      }
    },
  }),
};

const contact: Rule = {
  id: 'D02',
  severity: 'error',
  axis: 'documentation',
  summary: 'The contact is the team that owns the API, and how to reach it.',
  why: 'When it fails at night, somebody has to be found who can mend it.',
  bad: 'info: { title: Users }\n',
  good: 'info: { title: Users, contact: { name: Team Accounts, email: accounts@example.com } }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    document: ({ node }) => {
      const info = objectOf(node['info']);
      const given = info['contact'];
      if (!isObject(given)) report('there is no contact', ['info']);
      else if (isEmpty(given['name'])) report('the contact names no team', ['info', 'contact']);
      else if (isEmpty(given['email']) && isEmpty(given['url'])) {
        report('the contact has neither `email` nor `url`', ['info', 'contact']);
      }
    },
  }),
};

const licence: Rule = {
  id: 'D03',
  severity: 'info',
  axis: 'documentation',
  summary: 'The API names a licence or terms of service.',
  why: 'Without them nobody knows what they may do with what they get.',
  bad: 'info: { title: Users }\n',
  good: 'info: { title: Users, termsOfService: https://api.shop.test/terms }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    document: ({ node }) => {
      const info = objectOf(node['info']);
      if (isObject(info['license']) || !isEmpty(info['termsOfService'])) return;
      report('there is neither a licence nor `termsOfService`', ['info']);
    },
  }),
};

const EXAMPLE_HOST = /^[a-z]+:\/\/(?:[^/?#]*\.)?example\.(?:com|org|net)(?:[:/?#]|$)/i;

const servers: Rule = {
  id: 'D04',
  severity: 'error',
  axis: 'documentation',
  summary: 'Servers are there, are real, and say which environment they are.',
  why: 'The first call is tried against what stands there.',
  bad: 'servers: [{ url: https://api.example.com }]\n',
  good: 'servers: [{ url: https://api.shop.test/v1, description: Production }]\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    document: ({ node }) => {
      if (listOf(node['servers']).length === 0) report('there are no servers', []);
    },
    server: ({ node, path }) => {
      const url = textOf(node['url']) ?? '';
      if (EXAMPLE_HOST.test(url)) report(`\`${url}\` is a host of examples`, [...path, 'url']);
      else if (isEmpty(node['description']) && isEmpty(node['x-environment'])) {
        report('the server does not say which environment it is; write a `description`', path);
      }
    },
  }),
};

const summaries: Rule = {
  id: 'D05',
  severity: 'warning',
  axis: 'documentation',
  summary: 'Operations have a summary of at most 60 characters, without a full stop.',
  why: 'Summaries are the entries of menus and lists of tools.',
  bad: 'paths:\n  /users:\n    get: { summary: Lists users. }\n',
  good: 'paths:\n  /users:\n    get: { summary: List users }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: ({ node, path }) => {
      const summary = (textOf(node['summary']) ?? '').trim();
      if (summary === '') report('the operation has no summary', path);
      else if (summary.length > SUMMARY_CHARS_MAX) {
        report(`the summary has ${summary.length} characters, write at most 60`, [...path, 'summary']);
      } else if (summary.endsWith('.')) report('the summary ends with a full stop', [...path, 'summary']);
    },
  }),
};

const descriptions: Rule = {
  id: 'D06',
  severity: 'warning',
  axis: 'documentation',
  summary: 'Operations have a description.',
  why: 'What it does besides the obvious, and when to use it, stands in no signature.',
  bad: 'paths:\n  /users:\n    get: { summary: List users }\n',
  good: 'paths:\n  /users:\n    get: { description: Those who have not left, the newest first. }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    operation: ({ node, path }) => {
      if (isEmpty(node['description'])) report('the operation has no description', path);
    },
  }),
};

const tags: Rule = {
  id: 'D07',
  severity: 'warning',
  axis: 'documentation',
  summary: 'Tags are defined and described, and each operation has one.',
  why: 'They are the chapters of what people read.',
  bad: 'tags: []\npaths:\n  /users:\n    get: { tags: [users] }\n',
  good: 'tags: [{ name: users, description: Who uses the shop. }]\npaths:\n  /users:\n    get: { tags: [users] }\n',
  since: '0.1.0',
  hooks: ({ report, root }) => {
    const defined = new Set(listOf(root['tags']).map((tag) => objectOf(tag)['name']));
    return {
      document: ({ node }) => {
        for (const [at, tag] of listOf(node['tags']).entries()) {
          if (isObject(tag) && isEmpty(tag['description'])) {
            report(`the tag \`${shownOf(tag['name'])}\` has no description`, ['tags', at]);
          }
        }
      },
      operation: ({ node, path }) => {
        const given = listOf(node['tags']);
        if (given.length !== 1) report(`the operation has ${given.length === 0 ? 'no tag' : 'several tags'}`, path);
        for (const [at, tag] of given.entries()) {
          if (!defined.has(tag)) report(`the tag \`${shownOf(tag)}\` is not defined`, [...path, 'tags', at]);
        }
      },
    };
  },
};

const parts: Rule = {
  id: 'D08',
  severity: 'warning',
  axis: 'documentation',
  summary: 'Parameters and properties have a description.',
  why: 'A name says what something is called, and not what it means.',
  bad: 'paths:\n  /users:\n    get:\n      parameters: [{ name: q, in: query, schema: { type: string } }]\n',
  good: 'paths:\n  /users:\n    get:\n      parameters: [{ name: q, in: query, description: Part of a name., schema: { type: string } }]\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    parameter: ({ node, path }) => {
      if (isEmpty(node['description'])) report(`the parameter \`${shownOf(node['name'])}\` has no description`, path);
    },
    schema: ({ node, path, property, inRequest, inResponse }) => {
      if (property === undefined || !(inRequest || inResponse) || !isEmpty(node['description'])) return;
      if (!isEmpty(node['title'])) return;
      report(`the property \`${property}\` has no description`, path);
    },
  }),
};

const UNSAFE =
  /<\s*(?:script|iframe|object|embed)\b|\]\(\s*(?:javascript|vbscript|data):|href\s*=\s*["']?\s*javascript:|<[^>]*\son[a-z]+\s*=|\beval\s*\(/i;

const markdown: Rule = {
  id: 'D12',
  severity: 'error',
  axis: 'documentation',
  summary: 'Nothing in Markdown is run.',
  why: 'Portals show descriptions to people who are signed in; a script there acts for them.',
  bad: 'info: { title: Users, description: "Users <script>alert(1)</script>" }\n',
  good: 'info: { title: Users, description: "Users, *in Markdown*, with [a link](https://shop.test)" }\n',
  since: '0.1.0',
  hooks: ({ report }) => {
    const look = ({
      node,
      path,
    }: {
      node: Readonly<Record<string, unknown>>;
      path: readonly (string | number)[];
    }): void => {
      for (const field of ['description', 'summary'] as const) {
        if (UNSAFE.test(textOf(node[field]) ?? ''))
          report('the text holds something that browsers would run', [...path, field]);
      }
    };
    return {
      document: ({ node }) => {
        look({ node: objectOf(node['info']), path: ['info'] });
        for (const [at, tag] of listOf(node['tags']).entries()) look({ node: objectOf(tag), path: ['tags', at] });
      },
      server: look,
      pathItem: look,
      operation: look,
      parameter: look,
      requestBody: look,
      response: look,
      schema: look,
      securityScheme: look,
    };
  },
};

export const DOCUMENTATION_RULES: readonly Rule[] = [
  described,
  contact,
  licence,
  servers,
  summaries,
  descriptions,
  tags,
  parts,
  markdown,
];
