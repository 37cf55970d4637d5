import { LineIndex } from '../problems/line-index.ts';
import type { ConfigProblem } from '../problems/problem.ts';
import { Report } from '../problems/report.ts';
import { configSchema } from '../schema/config-schema.ts';
import type { PolicyForm } from '../schema/policy-list.ts';
import type { Environment } from '../source/environment.ts';
import { parseSource } from '../source/parse-source.ts';
import { readSource } from '../source/read-source.ts';
import type { AnswerSchema } from '../guard-spec.ts';
import type { Snapshot } from '../snapshot.ts';
import { declaredNames, type Compilation, type OthersNames } from './compilation.ts';
import { AI_API } from './ai-paths.ts';
import { aiRoutes, checkBudgets, compileAi, type ProviderRow } from './compile-ai.ts';
import { compileCredentials } from './compile-credentials.ts';
import { checkPlans, compilePlans } from './compile-plans.ts';
import { compileGateway } from './compile-gateway.ts';
import { compileRoutes } from './compile-routes.ts';
import { checkGuards } from './compile-guards.ts';
import { compileRecords } from './compile-records.ts';
import { compileTelemetry } from './compile-telemetry.ts';
import { compileUpstreams } from './compile-upstreams.ts';
import { deepFreeze } from './deep-freeze.ts';
import { NO_PLUGINS, pluginSpecs, readPlugins, type LoadedPlugin } from './compile-plugins.ts';
import { checkPrompts, type PromptLanguage } from './check-prompts.ts';
import { checkAccessRules } from './model-access.ts';
import { promptRoutes } from './prompt-routes.ts';
import { documentReader } from './openapi-document.ts';
import { checkDuplicates } from './route-identity.ts';
import { snapshotVersion } from './snapshot-version.ts';

export interface CompileOptions {
  /** What problems call the file; documents are looked up next to it. */
  readonly file: string;
  readonly env: Environment;
  readonly policies: readonly PolicyForm[];
  readonly providers: readonly ProviderRow[];
  /** Whoever leaves it out finds nothing wrong with templates and schemas of prompts. */
  readonly prompts?: PromptLanguage;
  /** What guards do not understand of a JSON Schema for answers. */
  readonly answerSchemaProblems?: (schema: AnswerSchema) => readonly string[];
  /** What the files of `plugins:` hold, by the name of the file as it is written. */
  readonly plugins?: ReadonlyMap<string, LoadedPlugin>;
  /** What is declared elsewhere for the same gate: see `mergeSnapshots`. */
  readonly others?: OthersNames;
  /** For `openapi:`; whoever cannot read files leaves it out. */
  readonly readText?: (path: string) => string;
}

export type CompileResult =
  | { readonly snapshot: Snapshot; readonly warnings: readonly ConfigProblem[] }
  | { readonly problems: readonly ConfigProblem[] };

/** The text of a gatehouse.yaml → a snapshot, or everything that is wrong with it in the order of the file. Never throws. */
export function compileConfig(text: string, options: CompileOptions): CompileResult {
  const report = new Report(options.file, new LineIndex(text));
  const document = parseSource(text, report);
  const own = document === undefined ? NO_PLUGINS : readPlugins(document.root, options, report);
  const policies = [...options.policies, ...own.forms];
  const read = document && readSource(document, configSchema(policies), { report, environment: options.env });
  if (document === undefined || read === undefined) return { problems: report.problems() };
  const { value: source, places } = read;
  const documents = documentReader({ places, report }, { file: options.file, readText: options.readText });
  const compilation = {
    source,
    places,
    report,
    declared: declaredNames(document.root, options.others ?? {}),
    policies,
    readText: documents.readText,
  };
  const { providers, answerSchemaProblems = understood, prompts } = options;
  const plugins = pluginSpecs(source.plugins, own.loaded);
  const inputs = { plugins, providers, answerSchemaProblems, prompts, readDocument: documents.read };
  const content = compileSource(compilation, inputs);
  const problems = [report, ...documents.reports].flatMap((each) => each.problems());
  if (problems.length > 0) return { problems };
  return { snapshot: deepFreeze({ version: snapshotVersion(content), ...content }), warnings: report.warnings() };
}

/** Whoever knows no schemas finds nothing wrong with them. */
const understood = (): readonly string[] => [];

type Inputs = Required<Pick<CompileOptions, 'providers' | 'answerSchemaProblems'>> & {
  readonly prompts: PromptLanguage | undefined;
  readonly plugins: Snapshot['plugins'];
  readonly readDocument: Parameters<typeof compileRoutes>[0]['readDocument'];
};

function compileSource(compilation: Compilation, inputs: Inputs): Omit<Snapshot, 'version'> {
  const { providers, answerSchemaProblems, prompts, readDocument } = inputs;
  const { ai: aiSource } = compilation.source;
  const upstreams = compileUpstreams(compilation);
  const routes = compileRoutes({ ...compilation, upstreams, readDocument });
  const ai = aiSource && compileAi(aiSource, providers, compilation);
  const fixed = ai === undefined || aiSource === undefined ? [] : aiRoutes(ai, aiSource, compilation);
  const forPrompts =
    ai === undefined || aiSource === undefined ? [] : promptRoutes({ spec: ai, ai: aiSource, fixed }, compilation);
  const forAi = [...fixed, ...forPrompts];
  checkReservedName(compilation);
  // AI paths first, so that a clash is told where the API is written.
  checkDuplicates([...forAi, ...routes]);
  checkPlans(compilation);
  if (compilation.source.ai !== undefined) checkBudgets(compilation.source.ai, compilation);
  const direct = directNames(compilation, providers);
  checkAccessRules(compilation, { direct });
  checkGuards(compilation, { direct, rows: providers, schemaProblems: answerSchemaProblems });
  checkPrompts(compilation, { direct, language: prompts });
  const plans = compilePlans(compilation);
  return {
    upstreams: Object.fromEntries(upstreams),
    routes: [...routes, ...forAi].map(({ spec }) => spec),
    credentials: compileCredentials(compilation),
    ...(plans !== undefined && { plans }),
    ai,
    ...(compilation.source.gateway !== undefined && {
      gateway: compileGateway(compilation.source.gateway, compilation),
    }),
    ...(compilation.source.records !== undefined && {
      records: compileRecords(compilation.source.records, compilation),
    }),
    ...(compilation.source.telemetry !== undefined && {
      telemetry: compileTelemetry(compilation.source.telemetry, compilation),
    }),
    ...(inputs.plugins !== undefined && { plugins: inputs.plugins }),
  };
}

function checkReservedName({ source, places, report }: Compilation): void {
  if (source.ai === undefined || !Object.hasOwn(source.apis, AI_API)) return;
  report.problem(places.key(source.apis, AI_API), `the name \`${AI_API}\` belongs to the AI paths, choose another`);
}

function directNames({ source, declared }: Compilation, rows: readonly ProviderRow[]): ReadonlySet<string> {
  const kinds = new Set(Object.values(source.ai?.providers ?? {}).map(({ kind }) => kind));
  const served = rows
    .map(({ kind, aliases = [] }) => [kind, ...aliases])
    .filter((names) => names.some((name) => kinds.has(name)));
  return new Set([...declared.providers, ...served.flat()]);
}
