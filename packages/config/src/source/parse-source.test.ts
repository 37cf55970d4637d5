import { describe, expect, it } from 'vitest';
import { LineIndex } from '../problems/line-index.ts';
import { formatProblem } from '../problems/problem.ts';
import { Report } from '../problems/report.ts';
import { parseSource } from './parse-source.ts';
import { childPath, entryOf, type SourceNode } from './source-node.ts';

function parse(text: string): { root: SourceNode | undefined; problems: readonly string[] } {
  const report = new Report('f', new LineIndex(text));
  const document = parseSource(text, report);
  return { root: document?.root, problems: report.problems().map(formatProblem) };
}

/** Positions aside. */
function plain(node: SourceNode | undefined): unknown {
  if (node === undefined) return 'unreadable';
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map(({ key, node: value }) => [key, plain(value)]));
}

describe('parseSource', () => {
  const read: Readonly<Record<string, readonly [string, unknown]>> = {
    'reads an empty text as nothing': ['', null],
    'reads a comment as nothing': ['# only this\n', null],
    'reads maps, lists and scalars': [
      'a: [1, two, true, ~]\nb: { c: "3" }\n',
      { a: [1, 'two', true, null], b: { c: '3' } },
    ],
    'reads JSON': ['{"a": [1, {"b": null}]}', { a: [1, { b: null }] }],
    'reads by YAML 1.2, where no and on are texts': [
      'a: no\non: [on, off, yes]\n',
      { a: 'no', on: ['on', 'off', 'yes'] },
    ],
    'takes keys for texts': ['1: a\ntrue: b\n', { 1: 'a', true: 'b' }],
    'takes a key with nothing behind it': ['a:\nb: 1\n', { a: null, b: 1 }],
    'reads a block text': ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
    'puts the value of an anchor in place of its alias': ['a: &x { k: 1 }\nb: *x\n', { a: { k: 1 }, b: { k: 1 } }],
    'takes the last anchor in front of an alias': ['a: &x 1\nb: &x 2\nc: *x\n', { a: 1, b: 2, c: 2 }],
    'has no merge keys': ['a: &x { k: 1 }\nb: { <<: *x }\n', { a: { k: 1 }, b: { '<<': { k: 1 } } }],
    'reads a text with a byte order mark and CRLF': ['\uFEFFa: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
    'reads a key that every object has': [
      '__proto__: 1\nconstructor: 2\n',
      JSON.parse('{"__proto__":1,"constructor":2}'),
    ],
  };
  for (const [name, [text, expected]] of Object.entries(read)) {
    it(name, () => {
      const { root, problems } = parse(text);
      expect(problems).toEqual([]);
      expect(plain(root)).toEqual(expected);
    });
  }

  const unreadable: Readonly<Record<string, readonly [string, string]>> = {
    'points at a bracket that is not closed': [
      'a: [1, 2\nb: 3\n',
      'f:2:1: this is not YAML, mend it: Flow sequence in block collection',
    ],
    'knows the bracket inside a text': [
      '- { path: /a/{id} }\n',
      'f:1:14: a bracket stands inside a text, put the text in quotes',
    ],
    'knows a bare variable between brackets': [
      'a: { b: ${NAME} }\n',
      'f:1:10: a `${…}` stands bare between brackets, put it in quotes',
    ],
    'points at a tab': ['a:\n\tb: 1\n', 'f:2:1: a tab is used as indentation, write spaces'],
    'points at bad indentation': [
      'a:\n    b: 1\n  c: 2\n',
      'f:3:1: this is not YAML, mend it: All mapping items must start at the same column',
    ],
    'refuses lists that are nested too deep': [
      '['.repeat(1_000_000),
      'f:1:201: lists and maps are nested more than 200 deep, write them flatter',
    ],
    'refuses maps that are nested too deep': [`${'{a: '.repeat(300)}1${'}'.repeat(300)}`, 'nested more than 200 deep'],
    'refuses dashes that are nested too deep': ['- '.repeat(1000), 'nested more than 200 deep'],
  };
  for (const [name, [text, expected]] of Object.entries(unreadable)) {
    it(name, () => {
      const { root, problems } = parse(text);
      expect(problems.join('\n')).toContain(expected);
      expect(root).toBeUndefined();
    });
  }

  it.each([
    ['at the end of the file', 'a: "x\n', 'f:1:4'],
    ['in a file that goes on', "z: 'y'\na:\n  b: 'x\n  c: 1\nd: 2\n", 'f:3:6'],
    ['before another one opens', 'a: "x\nb: "y"\nc: 1\n', 'f:1:4'],
    ['before others that are right', 'a: "x"\nb: "y\nc: "z"\nd: "u"\n', 'f:2:4'],
    ['between brackets', 'a: { b: "x, c: 1 }\nd: 2\n', 'f:1:9'],
    ['in a list', 'a:\n  - "x\n  - "y"\n', 'f:2:5'],
    ['around a key', '"a: 1\nb: 2\n', 'f:1:1'],
    ['behind a byte order mark and CRLF', '\uFEFFa: 1\r\nb: "x\r\n', 'f:2:4'],
    ['though it seems to be', 'a: "x\\"\nb: 1\n', 'f:1:4'],
    ['in front of nothing', 'a: "', 'f:1:4'],
    ['below a text that begins with one', "a: |\n  'x\nb: 'y\n", 'f:3:4'],
  ])('points at where a quote opens that is not closed %s', (_name, text, place) => {
    expect(parse(text)).toEqual({
      root: undefined,
      problems: [`${place}: the quote that opens here is not closed in its place, close it`],
    });
  });

  it('tells one problem a line, and nothing behind the place where the parser is lost', () => {
    const { problems } = parse('a:\n  - { path: /a/{id}, b: 1 }\n  - { c: 1 }\nd: 1\n');
    expect(problems).toEqual(['f:2:16: a bracket stands inside a text, put the text in quotes']);
  });

  const kept: Readonly<Record<string, readonly [string, string]>> = {
    'tells of a key that is written twice': [
      'a: 1\nb: 2\na: 3\n',
      'f:3:1: `a` is written twice, it is in line 1 already',
    ],
    'tells of a key that is written twice in flow form': [
      'x: { a: 1, "a": 2 }\n',
      'f:1:12: `a` is written twice, it is in line 1 already',
    ],
    'tells of a second document': [
      'a: 1\n---\nb: 2\n',
      'f:2:1: a second document begins here, keep one document a file',
    ],
    'tells of a key that is no text': ['? [a]\n: b\n', 'f:1:3: this key is not a text, write a plain name'],
    'tells of a tag of its own': ['a: !env NAME\n', 'f:1:4: this tag has no meaning here, leave it out'],
    'tells of a tag of YAML 1.1': ['a: !!set { x }\n', 'f:1:4: this tag has no meaning here, leave it out'],
    'tells of an alias without an anchor': [
      'a: *x\n',
      'f:1:4: the alias *x has no anchor in front of it, write &x there',
    ],
    'tells of an alias in front of its anchor': [
      'a: *x\nb: &x 1\n',
      'f:1:4: the alias *x has no anchor in front of it, write &x there',
    ],
    'tells of an alias inside of its anchor': [
      'a: &x [1, *x]\n',
      'f:1:11: the alias *x is inside of what it stands for, leave it out',
    ],
  };
  for (const [name, [text, expected]] of Object.entries(kept)) {
    it(`${name}, and goes on`, () => {
      const { root, problems } = parse(text);
      expect(problems.join('\n')).toContain(expected);
      expect(root).toBeDefined();
    });
  }

  it('refuses a file of more than 10 MB without reading it', () => {
    expect(parse(`# ${'x'.repeat(10_000_000)}`).problems).toEqual([
      'f:1:1: the file is larger than 10 MB, split what it holds',
    ]);
  });

  it('reads an alias of aliases in time that grows with the file only', () => {
    const lines = Array.from({ length: 60 }, (_, i) =>
      i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`,
    );
    const report = new Report('f', new LineIndex(''));
    expect(parseSource(lines.join('\n'), report)?.size).toBeLessThan(1000);
  });

  it('knows where things stand', () => {
    const { root } = parse('a:\n  bc: [1, "two"]\n');
    const entry = entryOf(entryOf(root, 'a')?.node, 'bc');
    expect(entry?.keyOffset).toBe(5);
    expect(entry?.node.kind === 'list' && entry.node.items.map(({ offset }) => offset)).toEqual([10, 13]);
    expect(entryOf(entry?.node, 'bc')).toBeUndefined();
  });

  it('keeps the spelling of plain scalars', () => {
    const { root } = parse('[1.0, 0x1F, True, 1e3, "q", on]');
    expect(root?.kind === 'list' && root.items.map((item) => item.kind === 'scalar' && item.text)).toEqual([
      '1.0',
      '0x1F',
      'True',
      '1e3',
      'q',
      'on',
    ]);
  });
});

describe('childPath', () => {
  it('writes the way to a value as people do', () => {
    const steps: readonly (string | number)[] = ['ai', 'models', 'gpt-4.1', 'targets', 0, 'weight'];
    expect(steps.reduce<string>(childPath, '')).toBe('ai.models["gpt-4.1"].targets[0].weight');
  });
});
