/** The demo's own tokeniser: 1.3 tokens a word, rounded, which is about what real ones need for English. */
const TOKENS_PER_WORD = 1.3;

export function countTokens(text: string): number {
  return Math.round((text.match(/\S+/g)?.length ?? 0) * TOKENS_PER_WORD);
}

/** The words of a text, each with the space in front of it: joined they are the text. */
export function splitWords(text: string): readonly string[] {
  return text.match(/\s*\S+/g) ?? [];
}

/** How many words fit into so many tokens. */
export function wordsWithin(tokens: number): number {
  let words = Math.floor((tokens + 0.5) / TOKENS_PER_WORD);
  while (words > 0 && Math.round(words * TOKENS_PER_WORD) > tokens) words--;
  return words;
}
