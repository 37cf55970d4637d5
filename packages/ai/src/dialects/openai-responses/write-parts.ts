import type { MediaBlock, TextBlock } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import type { Fields } from '../../loose-json.ts';
import { isOpenAis, keptOf } from './own.ts';
import { breakpoint, conversationParam, type WriteContext } from './write-context.ts';

/** What a caller says, as parts of a message or of a tool's result. */
export function writeInputParts(blocks: readonly (TextBlock | MediaBlock)[], context: WriteContext): readonly Fields[] {
  return blocks.map((block) => {
    const part = block.type === 'text' ? { type: 'input_text', text: block.text } : writeMedia(block, context);
    return { ...part, ...breakpoint(block.cache, context), ...partRest(block) };
  });
}

/** Text alone is a string, which every server of this dialect understands. */
export function writeContent(
  blocks: readonly (TextBlock | MediaBlock)[],
  context: WriteContext,
): string | readonly Fields[] {
  const [only, ...others] = writeInputParts(blocks, context);
  if (only === undefined) return '';
  const text = only['text'];
  return others.length === 0 && typeof text === 'string' && Object.keys(only).length === 2 ? text : [only, ...others];
}

/** What a part said beside its block; the first part bears what its message said. */
export function partRest(block: object): Fields {
  const { message: _, ...rest } = keptOf(block) ?? {};
  return rest;
}

function writeMedia(block: MediaBlock, context: WriteContext): Fields {
  const { kind, source } = block;
  if (kind === 'audio' || kind === 'video') {
    throw new Untranslatable(`The model provider takes no ${kind} here.`, conversationParam(context.request));
  }
  if (source.via === 'text') {
    context.losses.add('emulated', 'document');
    return { type: 'input_text', text: [block.title, block.context, source.text].filter(Boolean).join('\n\n') };
  }
  for (const said of ['title', 'context', 'citations'] as const) {
    if (block[said] !== undefined && block[said] !== false) context.losses.add('dropped', said);
  }
  return kind === 'image' ? writeImage(block, context) : writeDocument(block, context);
}

function writeImage(block: MediaBlock, context: WriteContext): Fields {
  const { detail = 'auto', source } = block;
  const base = { type: 'input_image', detail };
  if (source.via === 'url') return { ...base, image_url: source.url };
  if (source.via === 'base64') return { ...base, image_url: `data:${mimeOf(block)};base64,${source.data}` };
  return { ...base, file_id: fileId(block, context) };
}

function writeDocument(block: MediaBlock, context: WriteContext): Fields {
  const { detail, name, source } = block;
  const base = { type: 'input_file', ...(detail !== undefined && { detail }) };
  if (source.via === 'file') return { ...base, file_id: fileId(block, context) };
  if (source.via === 'url') return { ...base, file_url: source.url, ...(name !== undefined && { filename: name }) };
  const mime = mimeOf(block);
  const data = source.via === 'base64' ? source.data : '';
  return { ...base, filename: name ?? `document.${extensionOf(mime)}`, file_data: `data:${mime};base64,${data}` };
}

/** OpenAI reads the type of a file from its name. */
function extensionOf(mime: string): string {
  const known: Readonly<Record<string, string>> = { 'text/plain': 'txt', 'text/markdown': 'md' };
  return known[mime] ?? /\/(?:x-)?([a-z0-9]{2,8})$/.exec(mime)?.[1] ?? 'bin';
}

function fileId({ kind, source }: MediaBlock, context: WriteContext): string {
  if (source.via === 'file' && isOpenAis(source.dialect)) return source.id;
  throw new Untranslatable(
    `The ${kind} is a file that another model provider keeps.`,
    conversationParam(context.request),
  );
}
