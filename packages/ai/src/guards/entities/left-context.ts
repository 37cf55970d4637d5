import { isWord } from './characters.ts';

/** How far to the left a detector may look for what a number is; so much of a text is kept after it has been released. */
export const CONTEXT_CHARS = 64;

const WORDS_MAX = 6;

/** The words in front of a place, the nearest first, in lower case; `_` parts words here. */
export function wordsBefore(text: string, at: number): string[] {
  const from = Math.max(0, at - CONTEXT_CHARS + 16);
  const words: string[] = [];
  let end = at;
  while (end > from && words.length < WORDS_MAX) {
    while (end > from && !isPart(text.charCodeAt(end - 1))) end--;
    let start = end;
    while (start > from && isPart(text.charCodeAt(start - 1))) start--;
    if (start < end) words.push(text.slice(start, end).toLowerCase());
    end = start;
  }
  return words;
}

function isPart(code: number): boolean {
  return (isWord(code) && code !== 0x5f) || code > 0x52f;
}

/** What stands in front of a place, in lower case, with names such as `tax_id` in words. */
export function nearText(text: string, at: number): string {
  return text
    .slice(Math.max(0, at - CONTEXT_CHARS + 16), at)
    .toLowerCase()
    .replaceAll('_', ' ');
}
