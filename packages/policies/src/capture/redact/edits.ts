/** Part of a text, by offsets in UTF-16 units, and what stands in its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

/** Where edits meet or overlap, all that any of them takes is taken. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let out = '';
  let at = 0;
  for (const { start, end, put } of merged(edits)) {
    out += text.slice(at, start) + put;
    at = end;
  }
  return out + text.slice(at);
}

function merged(edits: readonly Edit[]): readonly Edit[] {
  const apart: Edit[] = [];
  for (const edit of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = apart.at(-1);
    if (last === undefined || edit.start >= last.end) apart.push(edit);
    else apart[apart.length - 1] = { ...last, end: Math.max(last.end, edit.end) };
  }
  return apart;
}

export const HIDDEN = '[redacted]';
/** In the place of an end that may be the beginning of something. */
export const CUT = '[cut]';
/** In the place of what follows where a text is not what it said it was. */
export const UNREAD = '[not readable from here]';
