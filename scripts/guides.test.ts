import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadPlugins } from '../apps/cli/src/plugins/load-plugins.ts';
import { PROMPT_LANGUAGE } from '@gatehouse/ai/prompts';
import { PROVIDERS } from '@gatehouse/ai/providers';
import { compileConfig, formatProblem } from '@gatehouse/config';
import { TestAuthority } from '@gatehouse/kernel/testing';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..');
const GUIDES = [
  'README.md',
  ...readdirSync(path.join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Block {
  readonly line: number;
  readonly text: string;
  /** An excerpt may name what stands elsewhere. */
  readonly whole: boolean;
}

/** What stands between fences of that language. What is indented is a piece of something else. */
function blocksOf(guide: string, language: string): readonly Block[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(?! )([^]*?)^\`\`\``, 'gm');
  return Array.from(guide.matchAll(fence), ({ index, 1: text = '' }) => ({
    line: guide.slice(0, index).split('\n').length,
    text: text.startsWith('gatehouse:') ? text : `gatehouse: 1\n${text}`,
    whole: text.startsWith('gatehouse:'),
  }));
}

const authority = new TestAuthority();
const filed = authority.issue({ names: ['api.test'] });
const varied = authority.issue({ names: ['*.api.test'] });

/** The files that guides name are certificates, keys, and the document of the reference service. */
function readText(file: string): string {
  if (file.endsWith('ca.pem')) return authority.pem;
  if (file.endsWith('.pem')) return filed.cert;
  if (file.endsWith('.key')) return filed.key;
  if (file.endsWith('.openapi.yaml')) return readFileSync('examples/users/openapi.yaml', 'utf8');
  throw new Error('there is no such file');
}

/** Every variable is set, each to something else: no two keys may be the same. */
function environmentOf(text: string): Readonly<Record<string, string>> {
  const all = Array.from(text.matchAll(/\$\{(\w+)\}/g), ([, name = '']) => [name, `value-of-${name}`]);
  return { ...Object.fromEntries(all), TLS_CERT: varied.cert, TLS_KEY: varied.key };
}

/** Where a heading is on GitHub. */
function anchorsOf(guide: string): ReadonlySet<string> {
  const headings = Array.from(guide.matchAll(/^#+ (.*)$/gm), ([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe.each(GUIDES)('%s', (file) => {
  const guide = readFileSync(path.join(ROOT, file), 'utf8');

  it('holds nothing but configurations in its blocks of YAML', async () => {
    const all: string[] = [];
    for (const { line, text, whole } of blocksOf(guide, 'yaml')) {
      const options = {
        file,
        env: environmentOf(text),
        policies: POLICY_SCHEMAS,
        providers: PROVIDERS,
        prompts: PROMPT_LANGUAGE,
        readText,
        plugins: await loadPlugins(text, {
          file: path.join(ROOT, 'gatehouse.yaml'),
          readText: (each) => readFileSync(each, 'utf8'),
        }),
      };
      const result = compileConfig(text, options);
      const told = 'problems' in result ? result.problems : result.warnings;
      const wrong = told.filter(({ message }) => whole || !message.startsWith('unknown '));
      all.push(...wrong.map((problem) => `block of line ${line}: ${formatProblem(problem)}`));
    }
    expect(all).toEqual([]);
  });

  it('leads nowhere that is not there', () => {
    const links = Array.from(guide.matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
    const dead = links.filter((link) => {
      if (/^https?:/.test(link)) return false;
      const [target = '', anchor] = link.split('#');
      const found = target === '' ? path.join(ROOT, file) : path.join(ROOT, path.dirname(file), target);
      if (!existsSync(found)) return true;
      return anchor !== undefined && !anchorsOf(readFileSync(found, 'utf8')).has(anchor);
    });
    expect(dead).toEqual([]);
  });
});

it('finds the blocks of a guide', () => {
  const guide = 'text\n```yaml\nai: {}\n```\n```yaml\n  a: 1\n```\n```json\n{}\n```\n\n```yaml\ngatehouse: 1\n```\n';
  expect(blocksOf(guide, 'yaml')).toEqual([
    { line: 2, text: 'gatehouse: 1\nai: {}\n', whole: false },
    { line: 12, text: 'gatehouse: 1\n', whole: true },
  ]);
  expect(blocksOf(readFileSync(path.join(ROOT, 'docs/ai-gateway.md'), 'utf8'), 'yaml').length).toBeGreaterThan(5);
});
