/** Fewer stand in ordinary text: joiners of emoji and of Persian, the selectors behind emoji. */
const UNSEEN_RUN_MIN = 8;
const SELECTOR_RUN_MIN = 4;

/** How many stretches of a text are written in characters that nobody sees, but a machine reads. */
export function hiddenTextIn(text: string): number {
  let found = 0;
  for (const run of text.matchAll(UNSEEN)) {
    const [hidden] = run;
    if (isFlag(text, run.index)) continue;
    if (
      hidden.length >= (hidden.charCodeAt(0) === TAG_HIGH || SELECTOR.test(hidden) ? SELECTOR_RUN_MIN : UNSEEN_RUN_MIN)
    )
      found++;
  }
  return found;
}

/** Tags and further selectors take two units each. */
const UNSEEN = /(?:\udb40[\udc00-\uddef]){2,}|[\u200b-\u200d\u2060-\u2064\ufeff\u180e]{8,}|[\ufe00-\ufe0f]{4,}/g;
const SELECTOR = /^[\ufe00-\ufe0f]/;
const TAG_HIGH = 0xdb40;

/** The flags of Scotland and others are a black flag with tags behind it. */
function isFlag(text: string, at: number): boolean {
  return at >= 2 && text.startsWith('\u{1F3F4}', at - 2);
}
