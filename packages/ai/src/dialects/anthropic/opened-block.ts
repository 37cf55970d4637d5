import { isJsonFields, parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import { asText } from '../../loose-json.ts';
import type { AnswerContext } from './answer-context.ts';
import { readCitation } from './citations.ts';
import { callExt } from './reply-reader.ts';
import { customText } from './tool-input.ts';

/** A block of a stream between its start and its stop. */
export interface OpenedBlock {
  index: number;
  readonly isCall: boolean;
  /** What is shown at once; undefined for blocks that are shown when they are whole. */
  readonly immediate: OpenBlock | undefined;
  /** What the start held already. */
  readonly first: readonly Delta[];
  take(delta: JsonFields): Delta | undefined;
  finish(): { readonly block?: OpenBlock; readonly deltas: readonly Delta[] };
}

const NOTHING = { deltas: [] } as const;

export function openBlock(block: JsonFields, answer: AnswerContext): OpenedBlock {
  switch (asText(block['type']) ?? '') {
    case 'text':
      return shown({ type: 'text' }, [...textOf(block['text']), ...citationsOf(block['citations'])]);
    case 'thinking':
      return shown({ type: 'reasoning' }, [...textOf(block['thinking']), ...signatureOf(block['signature'])]);
    case 'redacted_thinking': {
      const redacted = { value: asText(block['data']) ?? '', dialect: 'anthropic' } as const;
      return shown({ type: 'reasoning', redacted }, []);
    }
    case 'tool_use':
      return openCall(block, answer);
    default:
      return openOpaque(block);
  }
}

function shown(immediate: OpenBlock, first: readonly Delta[]): OpenedBlock {
  return {
    index: 0,
    isCall: false,
    immediate,
    first,
    take(delta) {
      const taken = readDelta(delta);
      // Only text cites; a server that has a thought cite is not to break the stream.
      return immediate.type !== 'text' && taken !== undefined && 'citation' in taken ? undefined : taken;
    },
    finish: () => NOTHING,
  };
}

function readDelta(delta: JsonFields): Delta | undefined {
  switch (asText(delta['type']) ?? '') {
    case 'text_delta':
      return textOf(delta['text'])[0];
    case 'thinking_delta':
      return textOf(delta['thinking'])[0];
    case 'signature_delta':
      return signatureOf(delta['signature'])[0];
    case 'citations_delta':
      return isJsonFields(delta['citation']) ? { citation: readCitation(delta['citation']) } : undefined;
    default:
      return undefined;
  }
}

function textOf(value: Json | undefined): readonly { readonly text: string }[] {
  return typeof value === 'string' && value !== '' ? [{ text: value }] : [];
}

function signatureOf(value: Json | undefined): readonly Delta[] {
  return typeof value === 'string' && value !== '' ? [{ signature: { value, dialect: 'anthropic' } }] : [];
}

function citationsOf(value: Json | undefined): readonly Delta[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.filter(isJsonFields).map((citation) => ({ citation: readCitation(citation) }));
}

function openCall(block: JsonFields, { names, custom, answer }: AnswerContext): OpenedBlock {
  const wire = asText(block['name']) ?? '';
  const name = names.fromWire(wire);
  // Some relays give the whole input at once, where Anthropic has an empty object.
  const whole = JSON.stringify(block['input'] ?? {});
  if (wire === answer) return { ...streamed({ type: 'text' }, whole, (text) => ({ text })), isCall: false };
  const call = { type: 'tool_call', id: asText(block['id']) ?? '', name, ...callExt(block) } as const;
  if (custom.has(name)) return unwrapped({ ...call, custom: true }, whole);
  return streamed(call, whole, (input) => ({ input }));
}

function streamed(immediate: OpenBlock, whole: string, toDelta: (json: string) => Delta): OpenedBlock {
  let came = false;
  return {
    index: 0,
    isCall: true,
    immediate,
    first: [],
    take(delta) {
      const json = asText(delta['partial_json']);
      came ||= json !== undefined;
      return json === undefined ? undefined : toDelta(json);
    },
    finish: () => (came ? NOTHING : { deltas: [toDelta(whole)] }),
  };
}

/** The free text inside its JSON can be told when all of it is there. */
function unwrapped(immediate: OpenBlock, whole: string): OpenedBlock {
  let json = '';
  return {
    index: 0,
    isCall: true,
    immediate,
    first: [],
    take(delta) {
      json += asText(delta['partial_json']) ?? '';
      return undefined;
    },
    finish() {
      const input = customText(json === '' ? whole : json);
      return { deltas: input === '' ? [] : [{ input }] };
    },
  };
}

/** Canonical blocks of this kind are whole. Beside input, some grow by members of their own, such as `content`. */
function openOpaque(block: JsonFields): OpenedBlock {
  let json = '';
  const grown = new Map<string, Json>();
  return {
    index: 0,
    isCall: false,
    immediate: undefined,
    first: [],
    take(delta) {
      json += asText(delta['partial_json']) ?? '';
      for (const [name, value] of Object.entries(delta)) {
        const before = grown.get(name);
        if (name === 'type' || name === 'partial_json') continue;
        grown.set(name, typeof before === 'string' && typeof value === 'string' ? before + value : value);
      }
      return undefined;
    },
    finish() {
      const input = json === '' ? undefined : parseExact(json);
      const data = { ...block, ...Object.fromEntries(grown), ...(input !== undefined && { input }) };
      return { block: { type: 'opaque', dialect: 'anthropic', data }, deltas: [] };
    },
  };
}
