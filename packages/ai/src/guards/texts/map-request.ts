import type { ChatRequest, Ext, OutputWish, Tool, Turn } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { mapBlock, mapList, replaced } from './map-blocks.ts';
import { mapFields } from './map-json.ts';
import type { MapText, TextSource } from './text-source.ts';

/**
 * A request with all its texts mapped, in the order in which a model reads them; the same object when none changed, and
 * the same parts where nothing in them did.
 */
export function mapRequest(request: ChatRequest, map: MapText): ChatRequest {
  let mapped = request;
  const operator = { source: 'operator' } as const;
  const instructions = mapList(request.instructions, (each) => replaced(each, 'text', map(each.text, operator)));
  mapped = replaced(mapped, 'instructions', instructions);
  mapped = replaced(
    mapped,
    'tools',
    mapList(request.tools, (tool) => mapTool(tool, map)),
  );
  mapped = replaced(mapped, 'output', mapOutput(request.output, map));
  mapped = replaced(
    mapped,
    'turns',
    mapList(request.turns, (turn) => mapTurn(turn, map)),
  );
  if (request.endUser !== undefined) {
    mapped = replaced(mapped, 'endUser', map(request.endUser, { source: 'operator', context: 'user: ' }));
  }
  if (request.metadata !== undefined) mapped = replaced(mapped, 'metadata', mapMetadata(request.metadata, map));
  return replaced(mapped, 'ext', mapExt(request.ext, 'caller', map));
}

const SOURCES: Readonly<Record<Turn['role'], TextSource>> = {
  user: 'caller',
  assistant: 'model',
  system: 'operator',
  developer: 'operator',
};

function mapTurn(turn: Turn, map: MapText): Turn {
  return replaced(
    turn,
    'blocks',
    mapList(turn.blocks, (block) => mapBlock(block, SOURCES[turn.role], map)),
  );
}

function mapTool(tool: Tool, map: MapText): Tool {
  let mapped = tool;
  if (tool.description !== undefined) {
    mapped = replaced(mapped, 'description', map(tool.description, { source: 'operator' }));
  }
  if (tool.schema !== undefined) mapped = replaced(mapped, 'schema', mapDescriptions(tool.schema, map));
  if (tool.hosted === undefined) return mapped;
  const definition = mapFields(tool.hosted.definition, 'operator', map);
  return definition === tool.hosted.definition ? mapped : { ...mapped, hosted: { ...tool.hosted, definition } };
}

function mapOutput(output: OutputWish, map: MapText): OutputWish {
  const { format } = output;
  if (format?.kind !== 'schema') return output;
  let mapped = replaced(format, 'schema', mapDescriptions(format.schema, map));
  if (format.description !== undefined) {
    mapped = replaced(mapped, 'description', map(format.description, { source: 'operator' }));
  }
  return replaced(output, 'format', mapped);
}

const SCHEMA_DEPTH_MAX = 200;

/** In a schema only what is said to the model is text; the rest must stay what it is. */
function mapDescriptions(schema: JsonFields, map: MapText): JsonFields {
  const walked = walk(schema, 0, map);
  return isJsonFields(walked) ? walked : schema;
}

function walk(value: Json, depth: number, map: MapText): Json {
  if (typeof value !== 'object' || value === null || depth === SCHEMA_DEPTH_MAX || JSON.isRawJSON(value)) return value;
  if (!isJsonFields(value)) return mapList(value, (each) => walk(each, depth + 1, map));
  let changed = false;
  const entries = Object.entries(value).map(([name, inner]): [string, Json] => {
    const says = typeof inner === 'string' && (name === 'description' || name === 'title');
    const mapped = says ? map(inner, { source: 'operator' }) : walk(inner, depth + 1, map);
    changed ||= mapped !== inner;
    return [name, mapped];
  });
  return changed ? Object.fromEntries(entries) : value;
}

type Metadata = NonNullable<ChatRequest['metadata']>;

function mapMetadata(metadata: Metadata, map: MapText): Metadata {
  let changed = false;
  const entries = Object.entries(metadata).map(([name, value]): [string, string] => {
    const mapped = map(value, { source: 'operator', context: `${name}: ` });
    changed ||= mapped !== value;
    return [name, mapped];
  });
  return changed ? Object.fromEntries(entries) : metadata;
}

export function mapExt(ext: Ext, source: TextSource, map: MapText): Ext {
  let changed = false;
  const entries = Object.entries(ext).map(([dialect, fields]): [string, JsonFields] => {
    const mapped = mapFields(fields, source, map);
    changed ||= mapped !== fields;
    return [dialect, mapped];
  });
  return changed ? Object.fromEntries(entries) : ext;
}
