import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import { StreamCheck } from '../../canonical/check-stream.ts';
import { StreamFold, unfoldReply } from '../../canonical/fold-stream.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { StreamFilter } from '../stream-filter.ts';

export function replyOf(blocks: readonly Block[] | string, rest: Partial<ChatReply> = {}): ChatReply {
  const all: readonly Block[] = typeof blocks === 'string' ? [{ type: 'text', text: blocks }] : blocks;
  return { id: 'r', created: 1, model: 'm', choices: [{ index: 0, blocks: all, stop: { reason: 'end' } }], ...rest };
}

/** The reply as a stream whose texts come in pieces: `cut` says how long each is. */
export function streamOf(reply: ChatReply, cut: () => number): StreamEvent[] {
  return unfoldReply(reply).flatMap((event): StreamEvent[] => {
    if (event.t !== 'delta') return [event];
    const { delta } = event;
    if ('text' in delta) return pieces(delta.text, cut).map((text) => ({ ...event, delta: { text } }));
    if ('input' in delta) return pieces(delta.input, cut).map((input) => ({ ...event, delta: { input } }));
    return [event];
  });
}

export function pieces(text: string, cut: () => number): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = Math.max(1, cut());
    found.push(text.slice(at, at + length));
    at += length;
  }
  return found;
}

/** Events through a filter, within the rules of streams. */
export function filtered(filter: StreamFilter, events: readonly StreamEvent[]): StreamEvent[] {
  const check = new StreamCheck();
  const out = events.flatMap((event) => [...filter.push(event)]);
  for (const event of out) check.add(event);
  check.end({ cut: false });
  return out;
}

export function folded(events: readonly StreamEvent[]): ChatReply | ProviderError | undefined {
  const fold = new StreamFold();
  for (const event of events) fold.add(event);
  return fold.end();
}
