import { scanObject } from '../../json-scan.ts';
import { asFields, asList, asText, parseJson } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { Usage } from '../../usage.ts';
import { classifyProviderError } from './provider-errors.ts';
import { readUsage } from './read-usage.ts';

/** What the record needs of a whole reply; the bytes themselves go to the caller untouched. */
export interface ReplyFacts {
  /** What the provider says it served. */
  readonly model: string | undefined;
  /** Of the last choice that has one; embeddings have none. */
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
}

/** `error`: the provider reports a failure under a status of success. `problem`: this is no reply of this dialect. */
export type ReplyRead = ReplyFacts | { readonly error: ProviderError } | { readonly problem: string };

/** Above this a reply is forwarded unread; what was used is then unknown. */
export const REPLY_BYTES_READ_MAX = 16 * 1024 * 1024;

/** A whole `chat.completion`. Some providers send blank lines in front of it, which are skipped. */
export function readChatReply(body: Buffer): ReplyRead {
  if (body.length > REPLY_BYTES_READ_MAX) return TOO_LARGE;
  const text = body.toString('utf8');
  const reply = asFields(parseJson(text));
  if (reply === undefined) return { problem: 'The reply is not a JSON object.' };
  if (Boolean(reply['error']) || reply['object'] === 'error') return { error: classifyProviderError(200, text) };
  const choices = asList(reply['choices']);
  // Vendors say some failures in shapes of their own, and proxies say theirs.
  if (choices === undefined) return { problem: "The reply has no 'choices'." };
  const reasons = choices.map((choice) => asText(asFields(choice)?.['finish_reason']));
  return {
    model: asText(reply['model']),
    finishReason: reasons.findLast((reason) => reason !== undefined),
    usage: readUsage(reply['usage']),
  };
}

/** A whole list of embeddings, whose vectors are megabytes that nobody here needs: they are skipped, not parsed. */
export function readEmbeddingsReply(body: Buffer): ReplyRead {
  if (body.length > REPLY_BYTES_READ_MAX) return TOO_LARGE;
  const scan = scanObject(body);
  if ('problem' in scan) return { problem: `The reply ${scan.problem}.` };
  const member = (name: string): unknown => {
    const found = scan.members.get(name);
    return found && parseJson(body.toString('utf8', found.valueStart, found.valueEnd));
  };
  if (Boolean(member('error')) || member('object') === 'error') {
    return { error: classifyProviderError(200, body) };
  }
  const data = scan.members.get('data');
  if (data === undefined || body[data.valueStart] !== BRACKET_OPEN) return { problem: "The reply has no 'data'." };
  return { model: asText(member('model')), finishReason: undefined, usage: readUsage(member('usage')) };
}

const BRACKET_OPEN = 0x5b;

const TOO_LARGE = { problem: `The reply is larger than ${REPLY_BYTES_READ_MAX} bytes.` };
