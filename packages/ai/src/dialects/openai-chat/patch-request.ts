import { spliced, type Splice } from '../../splice.ts';
import type { ScannedRequest } from './request-members.ts';
import type { ChatRequest } from './request.ts';

export interface ChatPatch {
  /** The provider's name of the model; `undefined` keeps the caller's. */
  readonly model: string | undefined;
  /** Make a stream report its usage though the caller did not ask; `hideUsage` of the reader undoes it on the way back. */
  readonly forceUsage: boolean;
}

/** The body for one attempt: outside the spliced ranges every byte is the caller's. */
export function patchChatRequest(request: ChatRequest, { model, forceUsage }: ChatPatch): Buffer {
  const splices = modelSplice(request, model);
  if (forceUsage && request.stream && !request.includeUsage) splices.push(usageSplice(request));
  return spliced(request.body, splices);
}

/** The body with another model in it; `undefined` keeps the caller's. */
export function patchModel(request: ScannedRequest, model: string | undefined): Buffer {
  return spliced(request.body, modelSplice(request, model));
}

function modelSplice({ members, model }: ScannedRequest, wanted: string | undefined): Splice[] {
  const member = members.get('model');
  if (member === undefined || wanted === undefined || wanted === model) return [];
  return [{ start: member.valueStart, end: member.valueEnd, text: JSON.stringify(wanted) }];
}

function usageSplice({ members, streamOptions }: ChatRequest): Splice {
  const asked = '"include_usage":true';
  if (streamOptions?.includeUsage !== undefined) return { ...streamOptions.includeUsage, text: 'true' };
  if (streamOptions !== undefined) {
    const { inside, empty } = streamOptions;
    return { start: inside, end: inside, text: empty ? asked : `${asked},` };
  }
  const options = members.get('stream_options');
  if (options !== undefined) return { start: options.valueStart, end: options.valueEnd, text: `{${asked}}` };
  // A stream was asked for, so that `stream` is there to stand behind.
  const behind = members.get('stream')?.valueEnd ?? 0;
  return { start: behind, end: behind, text: `,"stream_options":{${asked}}` };
}
