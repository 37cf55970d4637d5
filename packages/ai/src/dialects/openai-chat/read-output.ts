import type { OutputWish } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { listOf, type Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';

export function readOutput(request: Members): OutputWish {
  return present({
    format: readFormat(request),
    verbosity: request.text('verbosity'),
    modalities: listOf(request.value('modalities'))?.filter((modality) => typeof modality === 'string'),
  });
}

/** A format that only one vendor knows, such as a grammar. */
export function unknownFormat(request: Members): JsonFields | undefined {
  const format = request.fields('response_format');
  return format === undefined || FORMATS.has(format['type']) ? undefined : format;
}

const FORMATS: ReadonlySet<unknown> = new Set(['text', 'json_object', 'json_schema', undefined]);

function readFormat(request: Members): OutputWish['format'] {
  const format = request.inside('response_format');
  const type = format?.text('type');
  if (format === undefined || type === undefined || type === 'text') return undefined;
  if (type === 'json_object') {
    const schema = format.fields('schema');
    return schema === undefined ? { kind: 'json' } : { kind: 'schema', schema };
  }
  if (type !== 'json_schema') return undefined;
  const inside = format.inside('json_schema') ?? format.refuse('json_schema', 'must be an object');
  return {
    kind: 'schema',
    schema: inside.fields('schema') ?? {},
    ...present({
      name: inside.text('name'),
      description: inside.text('description'),
      strict: inside.flag('strict'),
    }),
  };
}
