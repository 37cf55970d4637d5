import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Signature } from '../../canonical/chat-request.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { writeCitation } from './citations.ts';
import { besideOf, redactedThinking, toolUse } from './reply-writer.ts';
import { CUSTOM_INPUT } from './tool-input.ts';

/** One block as events. What has nothing to say is never begun, and takes no index: empty text may not be sent back. */
export interface BlockEvents {
  open(): string;
  delta(delta: Delta): string;
  close(): string;
}

/** Gives out the indexes of a message. */
export type NextIndex = () => number;

export function blockEvents(block: OpenBlock, next: NextIndex): BlockEvents {
  switch (block.type) {
    case 'text':
    case 'refusal':
      return textEvents(next);
    case 'reasoning':
      if (block.redacted === undefined) return thinkingEvents(next);
      return wholeEvents(redactedThinking(sealSignature(block.redacted, 'anthropic')), next);
    case 'tool_call':
      return callEvents(block, next);
    case 'opaque':
      return block.dialect === 'anthropic' ? wholeEvents(block.data, next) : NO_EVENTS;
    case 'media':
      break;
  }
  return NO_EVENTS;
}

const NO_EVENTS: BlockEvents = { open: () => '', delta: () => '', close: () => '' };

/** The name of an event stands twice: SDKs look at the line, and then at the data. */
export function event(type: string, members: string): string {
  return `event: ${type}\ndata: {"type":"${type}"${members}}\n\n`;
}

function startEvent(index: number, block: JsonFields): string {
  return event('content_block_start', `,"index":${index},"content_block":${JSON.stringify(block)}`);
}

function deltaEvent(index: number, delta: string): string {
  return event('content_block_delta', `,"index":${index},"delta":{${delta}}`);
}

function stopEvent(index: number): string {
  return event('content_block_stop', `,"index":${index}`);
}

function textEvents(next: NextIndex): BlockEvents {
  let index = -1;
  let signature: Signature | undefined;
  const begun = (events: (at: number) => string): string => {
    if (index >= 0) return events(index);
    index = next();
    return startEvent(index, { type: 'text', text: '' }) + events(index);
  };
  return {
    open: () => '',
    delta(delta) {
      if ('text' in delta && delta.text !== '') {
        return begun((at) => deltaEvent(at, `"type":"text_delta","text":${JSON.stringify(delta.text)}`));
      }
      if ('signature' in delta) signature = delta.signature;
      const citation = 'citation' in delta ? writeCitation(delta.citation) : undefined;
      if (citation === undefined) return '';
      return begun((at) => deltaEvent(at, `"type":"citations_delta","citation":${JSON.stringify(citation)}`));
    },
    // The proof of a text that is empty is that of the text before it.
    close: () => (index < 0 ? '' : stopEvent(index)) + besideEvents(signature, next),
  };
}

/** The signature comes once, just before the stop. */
function thinkingEvents(next: NextIndex): BlockEvents {
  let index = -1;
  let signature = '';
  const begin = (): string => {
    if (index >= 0) return '';
    index = next();
    return startEvent(index, { type: 'thinking', thinking: '', signature: '' });
  };
  return {
    open: () => '',
    delta(delta) {
      if ('signature' in delta) signature = sealSignature(delta.signature, 'anthropic');
      if (!('text' in delta) || delta.text === '') return '';
      return begin() + deltaEvent(index, `"type":"thinking_delta","thinking":${JSON.stringify(delta.text)}`);
    },
    close() {
      const begun = signature === '' ? '' : begin();
      if (index < 0) return '';
      const proof = signature === '' ? sealUnsigned('anthropic') : signature;
      const signed = `"type":"signature_delta","signature":${JSON.stringify(proof)}`;
      return begun + deltaEvent(index, signed) + stopEvent(index);
    },
  };
}

function callEvents(block: Extract<OpenBlock, { type: 'tool_call' }>, next: NextIndex): BlockEvents {
  const index = next();
  const json = (fragment: string): string => {
    return deltaEvent(index, `"type":"input_json_delta","partial_json":${JSON.stringify(fragment)}`);
  };
  // Free text becomes the one member of an object, piece by piece.
  const custom = block.custom === true;
  let { signature } = block;
  return {
    open: () => startEvent(index, toolUse(block, {})) + (custom ? json(`{"${CUSTOM_INPUT}":"`) : ''),
    delta(delta) {
      if ('signature' in delta) signature = delta.signature;
      if (!('input' in delta) || delta.input === '') return '';
      return json(custom ? JSON.stringify(delta.input).slice(1, -1) : delta.input);
    },
    close: () => (custom ? json('"}') : '') + stopEvent(index) + besideEvents(signature, next),
  };
}

function besideEvents(signature: Signature | undefined, next: NextIndex): string {
  return besideOf(signature)
    .map((block) => wholeEvents(block, next))
    .map((events) => events.open() + events.close())
    .join('');
}

/** Blocks that are there as a whole; the input of a tool of Anthropic's own comes as a delta, as from itself. */
function wholeEvents(data: JsonFields, next: NextIndex): BlockEvents {
  const index = next();
  const { input } = data;
  const start = startEvent(index, input === undefined ? data : { ...data, input: {} });
  const delta = `"type":"input_json_delta","partial_json":${JSON.stringify(JSON.stringify(input))}`;
  return {
    open: () => start + (input === undefined ? '' : deltaEvent(index, delta)),
    delta: () => '',
    close: () => stopEvent(index),
  };
}
