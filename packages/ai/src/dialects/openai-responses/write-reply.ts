import type { ChatReply } from '../../canonical/chat-reply.ts';
import type { Block } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import { EventLines } from './event-lines.ts';
import { deltasOf, openBlock } from './open-block.ts';
import { OutputWriter } from './output-writer.ts';
import { responseHead, responseState } from './response-head.ts';
import { writeStop } from './stop.ts';

/** A whole reply is what its stream ends with, so that both cannot differ. */
export function writeReply(reply: ChatReply, context: ReplyContext): string {
  const [choice] = reply.choices;
  const stop = choice?.stop ?? { reason: 'unknown' };
  const head = responseHead(reply, context);
  const output = new OutputWriter(new EventLines(), (prefix) => context.newId(prefix));
  for (const block of choice?.blocks ?? []) writeBlock(block, output);
  output.finish(stop, choice?.logprobs);
  return JSON.stringify({ ...head, ...responseState(writeStop(stop), output.items, reply.usage) });
}

function writeBlock(block: Block, output: OutputWriter): void {
  if (block.type === 'tool_result') return;
  if (block.type === 'opaque' || block.type === 'media') {
    output.begin(block);
    return;
  }
  output.begin(openBlock(block));
  for (const delta of deltasOf(block, undefined)) output.delta(delta);
  output.stop();
}
