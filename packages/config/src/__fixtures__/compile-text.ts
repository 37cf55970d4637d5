import { Type } from 'typebox';
import { compileConfig, type CompileOptions, type CompileResult } from '../compile/compile-config.ts';
import type { ProviderRow } from '../compile/compile-ai.ts';
import { formatProblem } from '../problems/problem.ts';
import type { PolicyForm } from '../schema/policy-list.ts';
import type { RouteSpec, Snapshot } from '../snapshot.ts';

const strict = { additionalProperties: false };

/** Reading has done what these need. */
const parse = (config: unknown): unknown => config;

/** Small policies that between them use most keywords which real ones use. */
export const POLICIES: readonly PolicyForm[] = [
  {
    name: 'rate-limit',
    parse,
    summary: 'Limits calls.',
    schema: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, description: 'Calls in a window.' }),
        window: Type.String({ pattern: String.raw`^\d+(ms|s|m|h|d)$`, examples: ['1m'], description: 'The window.' }),
        by: Type.Union([Type.Literal('application'), Type.Literal('ip'), Type.String({ pattern: '^header:' })], {
          default: 'application',
        }),
        cost: Type.Integer({ minimum: 1, default: 1 }),
      },
      strict,
    ),
  },
  {
    name: 'headers',
    parse,
    summary: 'Changes headers.',
    schema: Type.Object(
      {
        request: Type.Object(
          {
            set: Type.Record(Type.String({ pattern: '^[a-zA-Z-]+$' }), Type.String(), { ...strict, default: {} }),
            remove: Type.Array(Type.String(), { default: [] }),
          },
          { ...strict, default: {} },
        ),
      },
      strict,
    ),
  },
  {
    name: 'stamp',
    parse,
    summary: 'Marks replies.',
    schema: Type.Object({ text: Type.String({ minLength: 2 }) }, strict),
  },
  {
    name: 'cache',
    parse,
    summary: 'Keeps replies.',
    schema: Type.Object({ ttl: Type.String({ pattern: String.raw`^\d+(ms|s|m|h|d)$` }) }, strict),
  },
];

export const PROVIDERS: readonly ProviderRow[] = [
  { kind: 'openai', baseUrl: 'https://api.openai.com/v1' },
  { kind: 'bedrock', aliases: ['aws-bedrock'], baseUrl: undefined },
  { kind: 'anthropic', baseUrl: 'https://api.anthropic.com/v1' },
  { kind: 'google', aliases: ['gemini'], baseUrl: 'https://generativelanguage.googleapis.com/v1beta' },
  { kind: 'openai-compatible', aliases: ['vllm'], serves: { moderations: '' }, baseUrl: undefined },
  { kind: 'demo', baseUrl: undefined },
];

export const ENV: Readonly<Record<string, string>> = {
  MOBILE_KEY: 'mobile-key-in-clear',
  OPENAI_API_KEY: 'openai-key-in-clear',
  ANTHROPIC_API_KEY: 'anthropic-key-in-clear',
  WEIGHT: '3',
  FLAG: 'false',
  EMPTY: '',
};

export function compileText(text: string, options: Partial<CompileOptions> = {}): CompileResult {
  return compileConfig(text, {
    file: 'gatehouse.yaml',
    env: ENV,
    policies: POLICIES,
    providers: PROVIDERS,
    ...options,
  });
}

/** Of a text that must be right. */
export function snapshotOf(text: string, options: Partial<CompileOptions> = {}): Snapshot {
  const result = compileText(text, options);
  if ('snapshot' in result) return result.snapshot;
  throw new Error(result.problems.map(formatProblem).join('\n'));
}

/** As a user reads them, without the name of the file; none when the text is right. */
export function problemsOf(text: string, options: Partial<CompileOptions> = {}): string[] {
  const result = compileText(text, options);
  return 'problems' in result
    ? result.problems.map((problem) => formatProblem(problem).replace(/^gatehouse\.yaml:/, ''))
    : [];
}

/** `METHOD path` of each route of the file itself. */
export function routesOf(text: string, options: Partial<CompileOptions> = {}): string[] {
  return snapshotOf(text, options)
    .routes.filter(({ target }) => target.kind === 'upstream')
    .map(({ method, path }) => `${method} ${path}`);
}

export function firstRoute(text: string, options: Partial<CompileOptions> = {}): RouteSpec {
  const [route] = snapshotOf(text, options).routes;
  if (route === undefined) throw new Error('There is no route.');
  return route;
}
