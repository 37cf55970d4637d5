/** The path of a call: the model, which may be an ARN, is one percent-encoded segment (reference T50). */
export function bedrockPath({ model, stream }: { readonly model: string; readonly stream: boolean }): string {
  return `/model/${encodeSegment(model)}/${stream ? 'converse-stream' : 'converse'}`;
}

const CALL = /^\/model\/([^/?#]+)\/(converse|converse-stream)(?:\?.*)?$/;

/** What the path of a caller asks for; undefined when it is no chat of this dialect. */
export function bedrockCallFromPath(path: string): { readonly model: string; readonly stream: boolean } | undefined {
  const [, segment, operation] = CALL.exec(path) ?? [];
  const model = segment === undefined ? undefined : decodeSegment(segment);
  return model === undefined ? undefined : { model, stream: operation === 'converse-stream' };
}

/** `encodeURIComponent` leaves five characters that AWS encodes, and throws on half a surrogate pair. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
