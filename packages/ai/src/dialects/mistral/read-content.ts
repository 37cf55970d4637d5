import type { MediaBlock } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { readDataUrl } from '../../canonical/media-source.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import type { AnswerChoice } from '../chat-shaped/answer-choice.ts';

/** Content as a string, or as a list of parts of which each is whole or a fragment. */
export function readContent(content: Json | undefined, choice: AnswerChoice): void {
  if (typeof content === 'string') choice.text(content);
  for (const part of listOf(content) ?? []) {
    const fields = typeof part === 'string' ? { type: 'text', text: part } : fieldsOf(part);
    if (fields !== undefined) readPart(fields, choice);
  }
}

function readPart(part: JsonFields, choice: AnswerChoice): void {
  const { type } = part;
  if (type === 'text') choice.text(asText(part['text']) ?? '');
  else if (type === 'thinking') readThinking(part, choice);
  else {
    const image = type === 'image_url' ? readImage(part) : undefined;
    choice.whole(image ?? { type: 'opaque', dialect: 'mistral', data: part });
  }
}

/** Beside texts there may be references to what was found, which are no thoughts. */
function readThinking({ thinking, signature }: JsonFields, choice: AnswerChoice): void {
  if (typeof thinking === 'string') choice.thought(thinking);
  for (const part of listOf(thinking) ?? []) choice.thought(asText(fieldsOf(part)?.['text']) ?? '');
  const value = asText(signature);
  if (value !== undefined) choice.sign({ value, dialect: 'mistral' });
}

function readImage({ image_url: place }: JsonFields): MediaBlock | undefined {
  const url = asText(place) ?? asText(fieldsOf(place)?.['url']);
  if (url === undefined) return undefined;
  const inside = readDataUrl(url);
  if (inside !== undefined) {
    return { type: 'media', kind: 'image', mime: inside.mime, source: { via: 'base64', data: inside.data } };
  }
  return { type: 'media', kind: 'image', source: { via: 'url', url } };
}
