import type { ChatRequest } from '../../canonical/chat-request.ts';
import { loseExt } from '../../canonical/collect-ext.ts';
import type { Target } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { modelTraits } from './model-traits.ts';
import { nativesOf } from './natives.ts';
import { toolNames } from './tool-names.ts';
import { writeConfig } from './write-config.ts';
import { writeContents } from './write-contents.ts';
import { writeThinking } from './write-thinking.ts';
import { writeCalling, writeTools } from './write-tools.ts';

export function writeGeminiRequest(request: ChatRequest, target: Target, losses: Losses): string {
  return JSON.stringify(geminiBody(request, target, losses));
}

export function geminiBody(request: ChatRequest, target: Target, losses: Losses): JsonFields {
  const names = toolNames(request);
  const json = takesJson(request, target.model);
  const calling = writeCalling(request, names, losses);
  const containers: Containers = {
    '': new Map<string, Json>([
      ['contents', writeContents({ request, model: target.model, names, losses })],
      ...instructionMembers(request, { losses, json }),
    ]),
    generationConfig: writeConfig(request, target, { losses, json }),
    'generationConfig.thinkingConfig': new Map(Object.entries(writeThinking(request, target, losses))),
    toolConfig: new Map(),
    'toolConfig.functionCallingConfig': new Map(Object.entries(calling ?? {})),
  };
  const tools = writeTools(request, names, losses);
  if (tools.length > 0) containers[''].set('tools', tools);
  writeService(request, { target, losses, body: containers[''] });
  loseExt(request, 'gemini', losses);
  putNatives(request, containers);
  return assemble(containers);
}

/** Objects of the body by their path; '' is the body itself. */
type Containers = Readonly<Record<ContainerPath | '', Map<string, Json>>>;
type ContainerPath = (typeof CONTAINERS)[number]['path'];

/** From the innermost outwards. */
const CONTAINERS = [
  { path: 'toolConfig.functionCallingConfig', outer: 'toolConfig', name: 'functionCallingConfig' },
  { path: 'generationConfig.thinkingConfig', outer: 'generationConfig', name: 'thinkingConfig' },
  { path: 'toolConfig', outer: '', name: 'toolConfig' },
  { path: 'generationConfig', outer: '', name: 'generationConfig' },
] as const;

/** Older models cannot call functions and answer in JSON at once: they are asked in words for the latter. */
function takesJson({ dialect, tools, output }: ChatRequest, model: string): boolean {
  return (
    dialect === 'gemini' || output.format === undefined || tools.length === 0 || modelTraits(model).jsonBesideFunctions
  );
}

function instructionMembers(
  { instructions, output, ext }: ChatRequest,
  { losses, json }: { readonly losses: Losses; readonly json: boolean },
): readonly (readonly [string, Json])[] {
  if (instructions.some(({ cache }) => cache !== undefined)) losses.add('dropped', 'cache_control');
  const said = instructions.filter(({ text }) => text !== '');
  const parts = said.map((instruction): JsonFields => ({ text: instruction.text, ...nativesOf(instruction) }));
  // Those that are no text, at their places.
  for (const [path, part] of Object.entries(ext.gemini ?? {})) {
    const [, at] = /^systemInstruction\.(\d+)$/.exec(path) ?? [];
    if (at !== undefined) parts.splice(Number(at), 0, isJsonFields(part) ? part : {});
  }
  if (!json && output.format !== undefined) {
    losses.add('emulated', 'response_format');
    const schema =
      output.format.kind === 'json' ? '' : ` that follows this JSON Schema: ${JSON.stringify(output.format.schema)}`;
    parts.push({ text: `When you do not call a function, answer with nothing but one JSON value${schema || '.'}` });
  }
  return parts.length === 0 ? [] : [['systemInstruction', { parts }]];
}

interface Service {
  readonly target: Target;
  readonly losses: Losses;
  readonly body: Map<string, Json>;
}

/** What concerns the call as a whole. */
function writeService(request: ChatRequest, { target, losses, body }: Service): void {
  const { cache, state, endUser, metadata, tier, output, dialect } = request;
  if (state !== undefined && dialect !== 'gemini') {
    throw new Untranslatable('What the call refers to is kept by another vendor.', Object.keys(state)[0]);
  }
  for (const [name, value] of Object.entries(state ?? {})) body.set(name, value);
  if (cache.contentRef !== undefined) body.set('cachedContent', cache.contentRef);
  if (cache.auto !== undefined) losses.add('dropped', 'cache_control');
  if (cache.key !== undefined) losses.add('dropped', 'prompt_cache_key');
  if (endUser !== undefined) losses.add('dropped', 'user');
  if (output.verbosity !== undefined) losses.add('dropped', 'verbosity');
  const drops = new Set(target.rules.drops);
  if (tier !== undefined && tier !== 'auto') {
    const wire = drops.has('service_tier') ? undefined : TIERS.get(tier);
    if (wire === undefined) losses.add('dropped', 'service_tier');
    else body.set('serviceTier', wire);
  }
  if (metadata === undefined) return;
  const fits =
    !drops.has('metadata') && Object.entries(metadata).every((label) => label.every((text) => LABEL.test(text)));
  if (fits || dialect === 'gemini') body.set('labels', metadata);
  else losses.add('dropped', 'metadata');
}

const TIERS: ReadonlyMap<string, string> = new Map([
  ['default', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

/** Google's labels take no more. */
const LABEL = /^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u;

/** Puts back what the vendor's own callers said and the canonical form has no place for. */
function putNatives({ ext }: ChatRequest, containers: Containers): void {
  for (const [path, value] of Object.entries(ext.gemini ?? {})) {
    const container = CONTAINERS.find((one) => path.startsWith(`${one.path}.`));
    if (container !== undefined) putNative(containers[container.path], path.slice(container.path.length + 1), value);
    // Other paths only name what rides on parts and declarations.
    else if (!path.includes('.')) putNative(containers[''], path, value);
  }
}

/** The canonical form counts where both speak, but that it cannot tell modes of its `auto` apart. */
function putNative(members: Map<string, Json>, name: string, value: Json): void {
  if (!members.has(name) || members.get(name) === 'AUTO') members.set(name, value);
}

function assemble(containers: Containers): JsonFields {
  for (const { path, outer, name } of CONTAINERS) {
    const members = containers[path];
    if (members.size > 0) containers[outer].set(name, Object.fromEntries(members));
  }
  return Object.fromEntries(containers['']);
}
