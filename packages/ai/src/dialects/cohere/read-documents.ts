import type { MediaBlock, TextBlock, ToolResultBlock } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { fieldsOf, listOf, type Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { keepForm } from './wire-forms.ts';

/** `documents` of a request: each is a string, or an object with an id and data of any kind. */
export function readDocuments(request: Members): MediaBlock[] {
  return (request.list('documents') ?? []).map((document, at) => {
    if (typeof document === 'string') return keepForm(textDocument({ text: document }), document);
    const fields = fieldsOf(document) ?? request.refuse(`documents[${at}]`, 'must be a string or an object');
    return keepForm(textDocument(readData(fields['data'] ?? fields)), document);
  });
}

interface Told {
  readonly text: string;
  readonly title?: string;
}

function textDocument({ text, title }: Told): MediaBlock {
  return {
    type: 'media',
    kind: 'document',
    mime: 'text/plain',
    ...present({ title }),
    citations: true,
    source: { via: 'text', text },
  };
}

/** Its title, and all else of it by name; a single text needs none. */
function readData(data: Json): Told {
  const fields = fieldsOf(data);
  if (fields === undefined) return { text: typeof data === 'string' ? data : JSON.stringify(data) };
  const { title, ...rest } = fields;
  const titled = typeof title === 'string' && title !== '';
  const said = Object.entries(titled ? rest : fields).filter(([, value]) => value !== null);
  const [only] = said;
  const text =
    said.length === 1 && typeof only?.[1] === 'string'
      ? only[1]
      : said.map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join('\n');
  return { text, ...(titled && { title }) };
}

/** What a tool gave: a string, texts, or documents whose data is an object or a string. */
export function readResultContent(message: Members, block: ToolResultBlock): ToolResultBlock {
  const content = message.value('content') ?? '';
  if (typeof content === 'string')
    return { ...block, content: content === '' ? [] : [{ type: 'text', text: content }] };
  const parts = listOf(content) ?? message.refuse('content', 'must be a string or an array of parts');
  const read = parts.map((part, at) =>
    readPart(part, () => message.refuse(`content[${at}]`, 'is no text or document')),
  );
  const texts = read.map(({ text }): TextBlock => ({ type: 'text', text })).filter(({ text }) => text !== '');
  const [first] = read;
  const json = read.length === 1 ? first?.json : undefined;
  return keepForm({ ...block, content: texts, ...present({ json }) }, content);
}

function readPart(part: Json, refuse: () => never): { readonly text: string; readonly json?: JsonFields } {
  if (typeof part === 'string') return { text: part };
  const fields = fieldsOf(part) ?? refuse();
  if (typeof fields['text'] === 'string') return { text: fields['text'] };
  const document = fieldsOf(fields['document']) ?? refuse();
  const { data = '' } = document;
  if (typeof data === 'string') return { text: data };
  const json = fieldsOf(data) ?? refuse();
  return { text: JSON.stringify(json), json };
}
