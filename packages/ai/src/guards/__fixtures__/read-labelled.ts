/** A text with what is marked in it: `⟦kind|value⟧`. */
export interface LabelledText {
  readonly text: string;
  readonly spans: readonly LabelledSpan[];
}

export interface LabelledSpan {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

/** Takes the marks out, and the `¦` that keep samples from looking real. */
export function readLabelled(marked: string): LabelledText {
  const spans: LabelledSpan[] = [];
  let text = '';
  let kind: string | undefined;
  let start = 0;
  for (const part of marked.replaceAll('¦', '').split(/(⟦[^|⟧]*\||⟧)/)) {
    if (part.startsWith('⟦')) {
      kind = part.slice(1, -1);
      start = text.length;
    } else if (part === '⟧' && kind !== undefined) {
      spans.push({ kind, start, end: text.length });
      kind = undefined;
    } else text += part;
  }
  return { text, spans };
}
