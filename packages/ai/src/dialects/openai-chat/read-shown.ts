import type { MediaBlock, TextBlock } from '../../canonical/chat-request.ts';
import type { Json } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, listOf } from '../chat-shaped/members.ts';
import { mediaAt } from './read-content.ts';

export type Shown = MediaBlock | { readonly type: 'text' | 'reasoning' | 'refusal'; readonly text: TextBlock['text'] };

/** A part of an answer's content, in the shapes that vendors give it; nothing for what says nothing to a caller. */
export function readShown(part: Json): readonly Shown[] {
  if (typeof part === 'string') return [{ type: 'text', text: part }];
  const fields = fieldsOf(part);
  switch (asText(fields?.['type'])) {
    case 'text':
    case 'output_text':
      return [{ type: 'text', text: asText(fields?.['text']) ?? '' }];
    case 'refusal':
      return [{ type: 'refusal', text: asText(fields?.['refusal']) ?? '' }];
    case 'thinking':
    case 'reasoning':
      return [{ type: 'reasoning', text: thoughtOf(fields?.['thinking'] ?? fields?.['summary'] ?? fields?.['text']) }];
    case 'image_url':
      return picture(fields?.['image_url']);
    case undefined:
    default:
      return [];
  }
}

/** A string, or a list of texts. */
function thoughtOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return (listOf(value) ?? []).map((item) => asText(fieldsOf(item)?.['text']) ?? '').join('');
}

function picture(value: Json | undefined): readonly Shown[] {
  const url = asText(value) ?? asText(fieldsOf(value)?.['url']);
  const media = url === undefined ? undefined : mediaAt(url, 'image');
  return media === undefined ? [] : [media];
}
