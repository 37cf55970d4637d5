import { restOf } from '../../canonical/collect-ext.ts';
import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Ext } from '../../canonical/chat-request.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import { fieldsOf, given, isList, numberOf } from './fields.ts';
import { OWN } from './own.ts';
import { readLogprobs } from './logprobs.ts';
import { isFailure, readFailure } from './read-failure.ts';
import { OutputReader } from './read-output.ts';
import { readStop } from './stop.ts';
import { readUsage } from './usage.ts';

export function readReply(body: Json, context: ReadContext): ChatReply | ProviderError | undefined {
  const response = fieldsOf(body);
  if (response === undefined) return undefined;
  if (isFailure(response)) return readFailure(response);
  const output = response['output'];
  if (!isList(output)) return undefined;
  const reader = new OutputReader(context);
  const blocks = output.flatMap((item) => {
    const fields = fieldsOf(item);
    return fields === undefined ? [] : reader.read(fields);
  });
  const stop = readStop(response, new Set(blocks.map(({ type }) => type)));
  const choice = { index: 0, blocks, stop, ...given({ logprobs: readLogprobs(output) }) };
  return {
    ...readHead(response, context),
    choices: [choice],
    ...given({ usage: readUsage(response['usage']) }),
  };
}

export interface ReplyHead {
  readonly id: string;
  readonly model: string;
  readonly created: number;
  readonly ext?: Ext;
}

/** `response` may be missing, where a server begins without saying anything of the whole. */
export function readHead(response: JsonFields, context: ReadContext): ReplyHead {
  const { target, created } = context;
  const rest = restOf(response, HEAD);
  return {
    id: asText(response['id']) ?? context.newId('resp_'),
    model: asText(response['model']) ?? target.model,
    created: Math.floor(numberOf(response['created_at']) ?? created),
    ...(rest !== undefined && { ext: { [OWN]: rest } }),
  };
}

/** What is written anew, from the canonical form, for callers of this dialect; the rest they get as it was. */
const HEAD = new Set([
  'id',
  'object',
  'created_at',
  'status',
  'model',
  'output',
  'output_text',
  'usage',
  'error',
  'incomplete_details',
]);
