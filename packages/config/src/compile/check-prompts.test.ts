import { describe, expect, it } from 'vitest';
import { compileText, ENV, problemsOf, snapshotOf } from '../__fixtures__/compile-text.ts';
import type { CompileOptions } from './compile-config.ts';

/** As little of the real one as tells right from wrong. */
const LANGUAGE: NonNullable<CompileOptions['prompts']> = {
  readTemplate(template) {
    const [stray] = /\{\{(?!\w+\}\}).{0,4}/.exec(template) ?? [];
    if (stray !== undefined) return { stray };
    return { variables: [...template.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name) };
  },
  schemaProblems: (schema) => ('odd' in schema ? [{ place: '.odd.a.b', message: 'is odd' }] : []),
};

const OPTIONS = { prompts: LANGUAGE, env: { ...ENV, HIDDEN: '{{hidden}} {{' } };

function fileOf(text: string): string {
  return `gatehouse: 1
ai:
  basePath: /ai
  providers: { main: { kind: openai } }
  models: { fast: { targets: [ { provider: main, model: x } ] } }
  prompts:
${text.replaceAll(/^(?=[a-z])/gm, '    ')}`;
}

describe('prompts', () => {
  it('are compiled, in the short form and with versions', () => {
    const { ai, routes } = snapshotOf(
      fileOf(`
    short: { model: fast, template: "{{a}}\\n", variables: { a: string } }
    long:
      path: /some where
      description: Long
      dryRun: true
      live: 2
      versions:
        1: { model: main/gpt-5, template: x }
        2:
          model: fast
          messages:
            - developer: |
                One

            - user: "{{a}} {{b}}"
            - assistant: yes
          variables: { a: { untrusted: true, maxChars: 7 }, b: { type: enum, values: [ x ], required: false } }
          output: { schema: { type: object } }
          parameters: { temperature: 0, maxOutputTokens: 9, stop: [ end ] }
`),
      OPTIONS,
    );
    expect(ai?.prompts).toEqual({
      short: {
        name: 'short',
        dryRun: false,
        path: '/ai/prompts/short',
        current: '1',
        versions: {
          '1': { model: 'fast', messages: [{ role: 'user', text: '{{a}}' }], variables: { a: { type: 'string' } } },
        },
      },
      long: {
        name: 'long',
        dryRun: true,
        path: '/ai/some%20where',
        description: 'Long',
        current: '2',
        versions: {
          '1': { model: 'main/gpt-5', messages: [{ role: 'user', text: 'x' }], variables: {} },
          '2': {
            model: 'fast',
            messages: [
              { role: 'developer', text: 'One' },
              { role: 'user', text: '{{a}} {{b}}' },
              { role: 'assistant', text: 'yes' },
            ],
            variables: {
              a: { type: 'string', untrusted: true, maxChars: 7, required: true },
              b: { type: 'enum', values: ['x'], untrusted: false, required: false },
            },
            output: { schema: { type: 'object' }, strict: false },
            sampling: { temperature: 0, stop: ['end'] },
            maxOutputTokens: 9,
          },
        },
      },
    });
    expect(routes.filter(({ target }) => target.kind === 'prompt').map(({ id, target }) => [id, target])).toEqual([
      ['ai POST /ai/prompts/short', { kind: 'prompt', prompt: 'short', wants: 'answer' }],
      ['ai GET /ai/prompts/short', { kind: 'prompt', prompt: 'short', wants: 'card' }],
      ['ai POST /ai/some%20where', { kind: 'prompt', prompt: 'long', wants: 'answer' }],
      ['ai GET /ai/some%20where', { kind: 'prompt', prompt: 'long', wants: 'card' }],
    ]);
  });

  it.each<readonly [string, string]>([
    ['p: { template: x }', '7:5: `model` is missing, write it'],
    ['p: { model: fsat, template: x }', '7:17: unknown model `fsat`, did you mean `fast`?'],
    ['p: { model: nobody/x, template: x }', '7:17: unknown model `nobody/x`, write `fast`'],
    ['p: { model: fast }', '7:5: `template` or `messages` are missing, write one of the two'],
    [
      'p: { model: fast, template: x, messages: [ user: x ] }',
      '7:36: `messages` stand instead of `template`, write one of the two',
    ],
    ['p: { model: fast, messages: [ system: x ] }', '7:23: `messages` hold none of the `user`, write one'],
    ['p: { model: fast, messages: [ { user: x }, { system: " " } ] }', '7:58: `system` is empty, write what is said'],
    [
      'p: { model: fast, messages: [ { user: x, system: y } ] }',
      '7:35: `messages[0]` holds too much, write at most 1 entry',
    ],
    [
      'p: { model: fast, template: "{{#if a}}" }',
      '7:33: `template` has braces at `{{#if ` that are no `{{variable}}`, write `\\{{` for two braces',
    ],
    ['p: { model: fast, template: "{{a}}" }', '7:33: unknown variable `a`, describe it under `variables`'],
    [
      'p: { model: fast, messages: [ user: "{{titel}} {{title}}" ], variables: { title: string } }',
      '7:41: unknown variable `titel`, did you mean `title`?',
    ],
    [
      'p: { model: fast, template: x, variables: { a: string } }',
      '7:49: the variable `a` stands in no message, leave it out or write `{{a}}`',
    ],
    [
      'p: { model: fast, template: "{{a}}", variables: { a: strng } }',
      '7:58: `strng` is no value of `a`, did you mean `string`?',
    ],
    [
      'p: { model: fast, template: x, variables: { a-b: string } }',
      '7:49: `a-b` is not the name of a variable, write 1 to 64 letters, digits or _, no digit first',
    ],
    [
      'p: { model: fast, template: "{{a}}", variables: { a: { type: enum } } }',
      '7:55: `values` are missing in `a`, write what an enum may be',
    ],
    [
      'p: { model: fast, template: "{{a}}", variables: { a: { values: [ x ] } } }',
      '7:60: `values` have no meaning here, write `type: enum` or leave them out',
    ],
    ['p: { model: fast, template: x, output: { schema: { odd: { a: { b: 1 } } } } }', '7:68: `b` is odd'],
    ['p: { model: fast, template: x, output: { schema: { odd: { a.b: 1 } } } }', '7:63: `a.b` is odd'],
    ['p: { model: fast, template: x, output: { schema: [] } }', '7:54: `schema` is a list, write a JSON Schema'],
    ['p: { model: fast, template: x, live: 1 }', '7:36: `live` has no meaning without `versions`, leave it out'],
    [
      'p: { model: fast, versions: { 1: { model: fast, template: x } } }',
      '7:10: `model` belongs into one of `versions`, write it there',
    ],
    [
      'p: { versions: { 1: { model: fast, template: x }, 2: { model: fast, template: x } } }',
      '7:10: `live` is missing, write which of `versions` callers get who ask for none',
    ],
    ['p: { live: 2, versions: { 1: { model: fast, template: x } } }', '7:16: unknown version `2`, write `1`'],
    [
      'p: { path: "/{a}", model: fast, template: x }',
      '7:16: `path` holds a parameter or a *, write them in the paths of routes',
    ],
    ['p: { path: /, model: fast, template: x }', '7:16: `path` names nothing, write a path such as /summary'],
    ...['/a%2fb', '/a%5Cb', '/a;b'].map((path): [string, string] => [
      `p: { path: "${path}", model: fast, template: x }`,
      '7:16: `path` holds an escaped slash or a semicolon, which no call of a prompt may, leave it out',
    ]),
    [
      'p: { path: /v1/models/mine, model: fast, template: x }',
      '7:16: `/ai/v1/models/mine` is the path of `ai POST /ai/v1/models/*` already, choose another',
    ],
    [
      'p: { path: /model/x/converse, model: fast, template: x }',
      '7:16: `/ai/model/x/converse` is the path of `ai POST /ai/model/{model}/converse` already, choose another',
    ],
    [
      'p: { model: fast, template: x }\nq: { path: /prompts/p, model: fast, template: x }',
      '8:16: `/ai/prompts/p` is the path of the prompt `p` already, choose another',
    ],
  ])('are refused: %s', (prompt, problem) => {
    expect(problemsOf(fileOf(prompt), OPTIONS)).toEqual([problem]);
  });

  it('may not take a path of an API', () => {
    const text = `${fileOf('p: { model: fast, template: x }')}
upstreams: { u: { targets: [ "http://u" ] } }
apis: { a: { upstream: u, routes: [ { method: GET, path: /ai/prompts/p } ] } }`;
    expect(problemsOf(text, OPTIONS)).toEqual([
      expect.stringMatching(/^9:\d+: this route takes the same requests as `ai GET \/ai\/prompts\/p` of line 7/),
    ]);
  });

  it('are told of without what came from the environment', () => {
    const problems = problemsOf(
      fileOf(`
    p: { model: fast, template: "a {{b}} \${HIDDEN}", variables: { b: string } }
    q: { model: fast, template: "\${HIDDEN}x}}" }`),
      OPTIONS,
    );
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('hidden');
  });

  it('are listed for applications', () => {
    const access = (prompt: string): string => `${fileOf('p: { model: fast, template: x }')}
  access:
    - { application: a, models: [ fast ], prompts: [ ${prompt} ] }
    - { application: a, models: [ main/x ] }
    - { application: b, models: [ fast ] }
applications:
  a: { keys: [ { name: k, secret: key-a } ] }
  b: { keys: [ { name: k, secret: key-b } ] }`;
    const { credentials } = snapshotOf(access('p'), OPTIONS);
    expect(credentials.map(({ prompts }) => prompts)).toEqual([['p'], undefined]);
    expect(problemsOf(access('pp'), OPTIONS)).toEqual(['9:54: unknown prompt `pp`, write `p`']);
  });

  it('are taken as they are by who does not know their language', () => {
    const text = fileOf('p: { model: fast, template: "{{", output: { schema: { odd: 1 } } }');
    expect(compileText(text)).toHaveProperty('snapshot');
  });
});
