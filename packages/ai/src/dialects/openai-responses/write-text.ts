import type { OutputWish } from '../../canonical/chat-request.ts';
import { fitSchema } from '../../canonical/fit-schema.ts';
import type { Fields } from '../../loose-json.ts';
import { fieldsOf } from './fields.ts';
import { isOpenAis, OWN } from './own.ts';
import type { WriteContext } from './write-context.ts';

/** How the answer is to look. */
export function writeText(context: WriteContext): Fields | undefined {
  const { output, ext } = context.request;
  const { format: formatRest, ...rest } = fieldsOf(ext[OWN]?.['text']) ?? {};
  const format = { ...writeFormat(output.format, context), ...fieldsOf(formatRest) };
  const text = {
    ...(Object.keys(format).length > 0 && { format }),
    ...(output.verbosity !== undefined && { verbosity: output.verbosity }),
    ...rest,
  };
  return Object.keys(text).length > 0 ? text : undefined;
}

function writeFormat(format: OutputWish['format'], context: WriteContext): Fields {
  if (format === undefined) return {};
  if (format.kind === 'json') return { type: 'json_object' };
  const { losses, request, own } = context;
  if (own) return schemaFormat(format);
  const closed = format.strict === true && !isOpenAis(request.dialect);
  return schemaFormat({
    ...format,
    schema: fitSchema(format.schema, { closed }, { losses, where: 'response_format', tool: false }),
  });
}

type SchemaFormat = Extract<OutputWish['format'], { readonly kind: 'schema' }>;

function schemaFormat({ name, description, schema, strict }: SchemaFormat): Fields {
  return {
    type: 'json_schema',
    // Required, and of few characters.
    name: (name ?? 'response').replace(/[^\w-]/g, '_').slice(0, 64),
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  };
}

/** The format as the reply repeats it to the caller. */
export function echoFormat(format: OutputWish['format']): Fields {
  if (format === undefined) return { type: 'text' };
  return format.kind === 'json' ? { type: 'json_object' } : schemaFormat(format);
}
