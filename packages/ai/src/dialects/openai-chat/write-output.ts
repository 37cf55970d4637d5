import { fitSchema } from '../../canonical/fit-schema.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { wireNames } from '../../canonical/wire-names.ts';
import { present } from '../chat-shaped/present.ts';
import { takes, type WriteContext } from './write-context.ts';
import { strictness } from './write-tools.ts';

export interface WrittenOutput {
  readonly members: JsonFields;
  /** What the instructions must say where the vendor knows no schemas of answers. */
  readonly instruction: string | undefined;
}

export function writeOutput(context: WriteContext): WrittenOutput {
  const { request, rules, losses } = context;
  const { format, verbosity } = request.output;
  const members = present({ verbosity, modalities: modalitiesOf(context) });
  if (format === undefined) return { members, instruction: undefined };
  if (format.kind === 'json') return { members: { ...members, response_format: JSON_OBJECT }, instruction: undefined };
  const closed = format.strict === true && !request.dialect.startsWith('openai-');
  const rule = { ...rules.schemas, ...(closed && { closed }) };
  const schema = fitSchema(format.schema, rule, { losses, where: 'response_format', tool: false });
  if (rules.schemaOutput === 'json_object') {
    losses.add('emulated', 'response_format');
    const instruction = `Answer with one JSON object that this JSON schema describes, and nothing else:\n${JSON.stringify(schema)}`;
    return { members: { ...members, response_format: JSON_OBJECT }, instruction };
  }
  const { description, strict, name = 'answer' } = format;
  const wireName = wireNames([name], { allowed: 'A-Za-z0-9_-', charsMax: 64 }).toWire(name);
  const json_schema = { name: wireName, ...present({ description }), ...strictness(strict, context), schema };
  return { members: { ...members, response_format: { type: 'json_schema', json_schema } }, instruction: undefined };
}

const JSON_OBJECT = { type: 'json_object' } as const;

/** Sound is had only by those who say in which voice; pictures, where the vendor draws them. */
function modalitiesOf(context: WriteContext): readonly string[] | undefined {
  const { request, losses } = context;
  const voice = request.ext['openai-chat']?.['audio'] !== undefined;
  const { modalities = [] } = request.output;
  const kept = modalities.filter((one) => one === 'text' || (one === 'audio' && voice) || takes(context, one));
  for (const one of modalities)
    if (!kept.includes(one)) losses.add('dropped', MODALITIES.has(one) ? one : 'modalities');
  return kept.every((one) => one === 'text') ? undefined : kept;
}

const MODALITIES: ReadonlySet<string> = new Set(['audio', 'image', 'video']);
