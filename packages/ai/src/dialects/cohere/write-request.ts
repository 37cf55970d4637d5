import type { ChatRequest } from '../../canonical/chat-request.ts';
import { loseExt } from '../../canonical/collect-ext.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { loseMembers, refuseKept, refuseSeveral } from '../chat-shaped/lost-members.ts';
import { withoutDrops } from '../chat-shaped/without-drops.ts';
import { present } from '../chat-shaped/present.ts';
import { DocumentShelf } from './document-shelf.ts';
import { requestNames } from './request-names.ts';
import { writeFormat } from './write-format.ts';
import { writeMessages } from './write-messages.ts';
import { writeLogprobs, writeOutputLimit, writePriority, writeSampling, writeThinking } from './write-options.ts';
import { writeTools } from './write-tools.ts';

/** The body of a call of `/v2/chat`. */
export function writeCohereRequest(asked: ChatRequest, target: Target, losses: Losses): string {
  const request = withoutDrops(asked, target, losses);
  refuseKept(request);
  refuseSeveral(request);
  loseMembers(request, TAKEN, losses);
  loseExt(request, 'cohere', losses);
  const names = requestNames(request);
  const { format, instruction } = writeFormat(request, losses);
  const thinking = writeThinking(request, target, losses);
  const own = request.dialect === 'cohere';
  const documents = new DocumentShelf({ open: own || format === undefined, losses });
  const thinks = own || thinking?.['type'] === 'enabled';
  const messages = writeMessages(request, { losses, names, documents, thinks, instruction });
  return JSON.stringify({
    ...ownMembers(request, losses),
    model: target.model,
    messages,
    stream: target.stream,
    ...writeTools(request, names, losses),
    ...writeSampling(request, losses),
    ...present({
      max_tokens: writeOutputLimit(request, target, { thinking, losses }),
      thinking,
      response_format: format,
      documents: documents.items,
      logprobs: writeLogprobs(request, losses),
      ...writePriority(request, losses),
    }),
  });
}

const TAKEN: ReadonlySet<string> = new Set(['top_k', 'logprobs', 'service_tier']);

/** Of members inside messages and tools only the names were kept. */
function ownMembers({ ext }: ChatRequest, losses: Losses): JsonFields {
  const own = Object.entries(ext.cohere ?? {});
  for (const [name] of own) if (name.includes('.')) losses.add('dropped', name.replace(/[^\w.-]/g, '_').slice(0, 64));
  return Object.fromEntries(own.filter(([name]) => !name.includes('.')));
}
