import type { Tool, ToolChoice } from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { readCachePoint } from './cache-points.ts';
import { expectBoolean, expectFields, expectList, expectText } from './expect-json.ts';
import { recall, remember } from './wire-memory.ts';

export interface ReadTools {
  readonly tools: readonly Tool[];
  readonly choice: ToolChoice | undefined;
  /** What else `toolConfig` says. */
  readonly ext: JsonFields;
}

export function readTools(body: JsonFields): ReadTools {
  const config = expectFields(body, 'toolConfig', '') ?? {};
  const tools: Tool[] = [];
  for (const [at, item] of (expectList(config, 'tools', 'toolConfig') ?? []).entries()) {
    const where = `toolConfig.tools.${at}`;
    if (!isJsonFields(item)) throw new Untranslatable('A tool must be an object.', where);
    const cache = readCachePoint(item);
    const last = tools.at(-1);
    if (cache === undefined) tools.push(readTool(item, where));
    else if (last !== undefined) tools[tools.length - 1] = remember({ ...last, cache }, recall(last));
  }
  const rest = restOf(config, new Set(['tools', 'toolChoice']));
  return { tools, choice: readChoice(config), ext: rest === undefined ? {} : { toolConfig: rest } };
}

function readTool(item: JsonFields, where: string): Tool {
  const spec = expectFields(item, 'toolSpec', where);
  if (spec === undefined) return hostedTool(item, where);
  const name = expectText(spec, 'name', `${where}.toolSpec`);
  if (name === undefined || name === '') {
    throw new Untranslatable('A tool must have a name.', `${where}.toolSpec.name`);
  }
  const description = expectText(spec, 'description', `${where}.toolSpec`);
  const strict = expectBoolean(spec, 'strict', `${where}.toolSpec`);
  const { json: schema } = expectFields(spec, 'inputSchema', `${where}.toolSpec`) ?? {};
  return remember(
    {
      kind: 'function',
      name,
      ...(description !== undefined && { description }),
      ...(isJsonFields(schema) && { schema }),
      ...(strict !== undefined && { strict }),
    },
    item,
  );
}

/** What Bedrock runs itself: `systemTool`, and whatever comes after it. */
function hostedTool(item: JsonFields, where: string): Tool {
  const [kind, data] = Object.entries(item).find(([, value]) => value !== null) ?? [];
  if (kind === undefined) throw new Untranslatable('A tool must say what it is.', where);
  const name = isJsonFields(data) && typeof data['name'] === 'string' ? data['name'] : kind;
  return { kind: 'hosted', name, hosted: { dialect: 'bedrock', definition: item } };
}

function readChoice(config: JsonFields): ToolChoice | undefined {
  const choice = expectFields(config, 'toolChoice', 'toolConfig');
  if (choice === undefined) return undefined;
  if (isThere(choice['auto'])) return { mode: 'auto' };
  if (isThere(choice['any'])) return { mode: 'required' };
  const tool = expectFields(choice, 'tool', 'toolConfig.toolChoice');
  const name = tool === undefined ? undefined : expectText(tool, 'name', 'toolConfig.toolChoice.tool');
  if (name !== undefined) return { mode: 'named', name };
  throw new Untranslatable('A tool choice must be auto, any or a tool by name.', 'toolConfig.toolChoice');
}

function isThere(value: Json | undefined): boolean {
  return value !== undefined && value !== null;
}
