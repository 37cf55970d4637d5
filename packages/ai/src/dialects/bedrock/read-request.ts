import type { ChatRequest, Instruction, Turn } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import type { CallFacts } from '../../canonical/dialect.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asText } from '../../loose-json.ts';
import { readCachePoint } from './cache-points.ts';
import { expectList } from './expect-json.ts';
import { readContent, readGuarded } from './read-blocks.ts';
import { readSettings } from './read-settings.ts';
import { readTools } from './read-tools.ts';
import { recall, remember } from './wire-memory.ts';

/** The model stands in the path, and whether to stream too. */
export function readBedrockRequest(body: Json, { model, stream }: CallFacts): ChatRequest {
  if (!isJsonFields(body)) throw new Untranslatable('The body must be a JSON object.');
  if (model === undefined) throw new Untranslatable('The path must name a model.', 'modelId');
  const system = readSystem(expectList(body, 'system', '') ?? []);
  const tools = readTools(body);
  const settings = readSettings(body);
  const bedrock = {
    ...restOf(body, KNOWN),
    ...settings.ext,
    ...tools.ext,
    ...(system.guarded.length > 0 && { guardContent: system.guarded }),
  };
  return {
    dialect: 'bedrock',
    model,
    stream: stream ?? false,
    instructions: system.instructions,
    turns: readTurns(expectList(body, 'messages', '') ?? []),
    tools: tools.tools,
    ...(tools.choice !== undefined && { toolChoice: tools.choice }),
    ...settings.request,
    cache: {},
    // Streams of this dialect always end with it.
    includeUsage: true,
    ext: Object.keys(bedrock).length === 0 ? {} : { bedrock },
  };
}

/** Read member by member; what else a body has, and what these have beside what is read, is kept in `ext`. */
const KNOWN: ReadonlySet<string> = new Set([
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'additionalModelRequestFields',
  'requestMetadata',
  'serviceTier',
  'outputConfig',
]);

interface System {
  readonly instructions: readonly Instruction[];
  /** Items that are for the guardrail only. */
  readonly guarded: readonly JsonFields[];
}

function readSystem(list: readonly Json[]): System {
  const instructions: Instruction[] = [];
  const guarded: JsonFields[] = [];
  for (const [at, item] of list.entries()) {
    if (!isJsonFields(item)) throw new Untranslatable('An item of `system` must be an object.', `system.${at}`);
    const cache = readCachePoint(item);
    const last = instructions.at(-1);
    if (cache === undefined) {
      const instruction = readInstruction(item);
      if (instruction !== undefined) instructions.push(instruction);
      else if (item['text'] !== '') guarded.push(item);
    } else if (last !== undefined) {
      instructions[instructions.length - 1] = remember({ ...last, cache }, recall(last));
    }
  }
  return { instructions, guarded };
}

function readInstruction(item: JsonFields): Instruction | undefined {
  const { guardContent } = item;
  const text = asText(item['text']);
  if (text !== undefined) return { role: 'system', text };
  const guard = isJsonFields(guardContent) ? readGuarded(guardContent, item) : undefined;
  return guard?.type === 'text' ? remember({ role: 'system', text: guard.text }, item) : undefined;
}

function readTurns(messages: readonly Json[]): Turn[] {
  return messages.flatMap((message, at): Turn[] => {
    const where = `messages.${at}`;
    if (!isJsonFields(message)) throw new Untranslatable('A message must be an object.', where);
    const { role } = message;
    if (role !== 'user' && role !== 'assistant' && role !== 'system') {
      throw new Untranslatable(`\`${where}.role\` must be user, assistant or system.`, `${where}.role`);
    }
    const content = expectList(message, 'content', where) ?? [];
    if (!content.every(isJsonFields)) {
      throw new Untranslatable('An item of `content` must be an object.', `${where}.content`);
    }
    const blocks = readContent(content, 'caller');
    return blocks.length === 0 ? [] : [{ role, blocks }];
  });
}
