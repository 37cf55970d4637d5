import type { ChatRequest, Ext, OutputWish, Tool, Turn } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { mapBlock, mapList, replaced } from './map-blocks.ts';
import { mapFields, mapOwnJson } from './map-json.ts';
import { mapRiding } from './map-riding.ts';
import { mapSchema, onlyLooking } from './map-schema.ts';
import type { MapText, TextSource } from './text-source.ts';

/**
 * A request with all its texts mapped, in the order in which a model reads them; the same object when none changed, and
 * the same parts where nothing in them did.
 */
export function mapRequest(request: ChatRequest, map: MapText): ChatRequest {
  let mapped = request;
  const operator = { source: 'operator' } as const;
  const instructions = mapList(request.instructions, (each) =>
    mapRiding(replaced(each, 'text', map(each.text, operator)), 'operator', map),
  );
  mapped = replaced(mapped, 'instructions', instructions);
  mapped = replaced(
    mapped,
    'tools',
    mapList(request.tools, (tool) => mapRiding(mapTool(tool, map), 'operator', map)),
  );
  mapped = replaced(mapped, 'output', mapOutput(request.output, map));
  mapped = replaced(
    mapped,
    'turns',
    mapList(request.turns, (turn) => mapTurn(turn, map)),
  );
  return mapSettings(mapped, map);
}

/** What stands beside the conversation. */
function mapSettings(request: ChatRequest, map: MapText): ChatRequest {
  const { sampling, cache, endUser, metadata, state } = request;
  let mapped = request;
  if (sampling.stop !== undefined) {
    // A model ends at what it writes, which is as masked as what it has read.
    const stop = mapList(sampling.stop, (text) => map(text, { source: 'operator' }));
    mapped = replaced(mapped, 'sampling', replaced(sampling, 'stop', stop));
  }
  if (cache.key !== undefined) {
    const key = map(cache.key, { source: 'operator', context: 'user: ', label: true });
    mapped = replaced(mapped, 'cache', replaced(cache, 'key', key));
  }
  if (endUser !== undefined) {
    mapped = replaced(mapped, 'endUser', map(endUser, { source: 'operator', context: 'user: ' }));
  }
  if (metadata !== undefined) mapped = replaced(mapped, 'metadata', mapMetadata(metadata, map));
  if (state !== undefined) mapped = replaced(mapped, 'state', mapFields(state, 'caller', map));
  return replaced(mapped, 'ext', mapExt(request.ext, 'caller', map));
}

const SOURCES: Readonly<Record<Turn['role'], TextSource>> = {
  user: 'caller',
  assistant: 'model',
  system: 'operator',
  developer: 'operator',
};

function mapTurn(turn: Turn, map: MapText): Turn {
  const source = SOURCES[turn.role];
  const blocks = mapList(turn.blocks, (block) => mapBlock(block, source, map));
  let mapped = replaced(turn, 'blocks', blocks);
  if (turn.name !== undefined) mapped = replaced(mapped, 'name', map(turn.name, { source, label: true }));
  return mapRiding(mapped, source, map);
}

function mapTool(tool: Tool, map: MapText): Tool {
  let mapped = tool;
  if (tool.description !== undefined) {
    mapped = replaced(mapped, 'description', map(tool.description, { source: 'operator' }));
  }
  if (tool.schema !== undefined) mapped = replaced(mapped, 'schema', mapSchema(tool.schema, map));
  if (tool.grammar !== undefined) mapOwnJson(tool.grammar, 'operator', onlyLooking(map));
  if (tool.hosted === undefined) return mapped;
  const definition = mapFields(tool.hosted.definition, 'operator', map);
  return definition === tool.hosted.definition ? mapped : { ...mapped, hosted: { ...tool.hosted, definition } };
}

function mapOutput(output: OutputWish, map: MapText): OutputWish {
  const { format } = output;
  if (format?.kind !== 'schema') return output;
  let mapped = replaced(format, 'schema', mapSchema(format.schema, map));
  if (format.description !== undefined) {
    mapped = replaced(mapped, 'description', map(format.description, { source: 'operator' }));
  }
  return replaced(output, 'format', mapped);
}

type Metadata = NonNullable<ChatRequest['metadata']>;

function mapMetadata(metadata: Metadata, map: MapText): Metadata {
  let changed = false;
  const entries = Object.entries(metadata).map(([name, value]): [string, string] => {
    const mapped = map(value, { source: 'operator', context: `${name}: ` });
    const key = map(name, { source: 'operator', label: true });
    changed ||= mapped !== value || key !== name;
    return [key, mapped];
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
