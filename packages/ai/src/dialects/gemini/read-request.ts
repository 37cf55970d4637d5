import type { ChatRequest, Instruction, ServiceTier } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import type { CallFacts } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { bareModel } from './call-path.ts';
import { camelFields, fieldsAt, listAt, textAt } from './camel-fields.ts';
import { NativeMembers } from './natives.ts';
import { readConfig } from './read-config.ts';
import { readContents } from './read-contents.ts';
import { readToolChoice, readTools } from './read-tools.ts';

export function readGeminiRequest(json: Json, facts: CallFacts): ChatRequest {
  if (!isJsonFields(json)) throw new Untranslatable('The body must be an object.');
  const body = camelFields(json);
  const natives = new NativeMembers();
  const toolChoice = readToolChoice(body, natives);
  const tier = readTier(body, natives);
  const contentRef = textAt(body, 'cachedContent');
  const metadata = readLabels(body);
  const continuation = body['continuationToken'];
  for (const [name, value] of Object.entries(restOf(body, MEMBERS) ?? {})) natives.add(name, value);
  return {
    dialect: 'gemini',
    model: readModel(body, facts),
    stream: facts.stream ?? false,
    instructions: readInstructions(body, natives),
    turns: readContents(body, natives),
    tools: readTools(body, natives),
    ...(toolChoice !== undefined && { toolChoice }),
    ...readConfig(body, natives),
    cache: contentRef === undefined ? {} : { contentRef },
    ...(tier !== undefined && { tier }),
    ...(metadata !== undefined && { metadata }),
    // Goes on where an answer broke off, which only who began it can.
    ...(continuation !== undefined && { state: { continuationToken: continuation } }),
    includeUsage: true,
    ext: natives.ext,
  };
}

const MEMBERS: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'generationConfig',
  'tools',
  'toolConfig',
  'cachedContent',
  'labels',
  'serviceTier',
  'continuationToken',
]);

function readModel(body: JsonFields, facts: CallFacts): string {
  const model = bareModel(facts.model ?? textAt(body, 'model') ?? '');
  if (model === '') throw new Untranslatable('No model is named.', 'model');
  return model;
}

function readInstructions(body: JsonFields, natives: NativeMembers): readonly Instruction[] {
  const content = fieldsAt(body, 'systemInstruction') ?? {};
  const parts = listAt(content, 'parts', 'systemInstruction.parts');
  return parts.flatMap((part, at): Instruction[] => {
    const text = textAt(part, 'text', `systemInstruction.parts[${at}].text`) ?? '';
    const rest = restOf(part, TEXT_ONLY);
    if (text !== '') return [{ role: 'system', text, ...natives.riding('systemInstruction', rest) }];
    if (rest !== undefined) natives.add(`systemInstruction.${at}`, part);
    return [];
  });
}

const TEXT_ONLY: ReadonlySet<string> = new Set(['text']);

function readTier(body: JsonFields, natives: NativeMembers): ServiceTier | undefined {
  const said = textAt(body, 'serviceTier');
  const tier = TIERS.get(said?.toLowerCase() ?? 'unspecified');
  if (tier === undefined && said !== undefined) natives.add('serviceTier', said);
  return tier === 'auto' ? undefined : tier;
}

const TIERS: ReadonlyMap<string, ServiceTier> = new Map([
  ['unspecified', 'auto'],
  ['standard', 'default'],
  ['flex', 'flex'],
  ['priority', 'priority'],
]);

function readLabels(body: JsonFields): Readonly<Record<string, string>> | undefined {
  // Not opened: what looks like snake case here is a name that the caller chose.
  const labels = body['labels'];
  if (labels === undefined) return undefined;
  if (!isJsonFields(labels)) throw new Untranslatable('labels must be an object.', 'labels');
  const texts = Object.entries(labels).filter((label): label is [string, string] => typeof label[1] === 'string');
  return texts.length === 0 ? undefined : Object.fromEntries(texts);
}
