/** English as far as names of resources go: enough to tell a list from a thing, and a thing from an act. */

/** Plurals that do not end in s. */
const PLURALS = new Set(
  'people children men women feet teeth mice geese media data criteria phenomena indices matrices vertices'.split(' '),
);
/** One and many are the same word. */
const UNCOUNTED = new Set(
  (
    'access aircraft analytics auth content data equipment evidence feedback firmware furniture hardware health help ' +
    'history hr info information infrastructure intelligence inventory knowledge logic machinery mail media metadata ' +
    'merchandise money music news performance personnel payroll progress research series software sms species staff ' +
    'statistics stock storage support telemetry traffic transport usage weather work'
  ).split(' '),
);
/** Ends in s and is still one. */
const SINGULAR_S =
  /(?:ss|us|[^aeiou]is|[aeo]sis|ysis)$|^(?:alias|atlas|bias|canvas|chaos|gas|lens|cosmos|iris|pancreas|kudos)$/;
/** Ends like those and is many. */
const PLURAL_S = new Set(
  'apis uris kpis taxis skis emojis menus gurus bikinis selfies alibis safaris wikis kanjis sdis pois nazis'.split(' '),
);

/** Whether a word, in lower case, may stand for many. Doubtful words do. */
export function isPlural(word: string): boolean {
  if (PLURALS.has(word) || UNCOUNTED.has(word) || PLURAL_S.has(word)) return true;
  return word.endsWith('s') && !SINGULAR_S.test(word);
}

/** Near enough to tell whether two words are the same but for their number. */
export function singularOf(word: string): string {
  if (!word.endsWith('s') || (SINGULAR_S.test(word) && !PLURAL_S.has(word))) return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ss|x|z|ch|sh|us)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** The other way about. */
export function pluralOf(word: string): string {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(?:s|x|z|ch|sh)$/.test(word)) return `${word}es`;
  return `${word}s`;
}

/** Acts that are not also things: `order`, `export` or `search` may be either and are missing here. */
const VERBS = new Set(
  (
    'accept activate add apply approve assign authorize calculate cancel close compute confirm convert create ' +
    'deactivate decline delete destroy disable edit enable execute fetch find generate get insert invite invoke lock ' +
    'make modify notify open pause perform persist publish put read recalculate refresh register reject remove rename ' +
    'replace reset resend resolve restart restore resume retrieve retry revoke save send set start stop submit ' +
    'subscribe suspend sync terminate trigger unassign unlock unpublish unsubscribe update upsert validate verify ' +
    'withdraw write'
  ).split(' '),
);
/** Only verbs where more follows, or things by themselves: `/open-orders`, `/set-pieces`, `/reset`. */
const DOUBTFUL_BEFORE_NOUNS = new Set([
  'open',
  'set',
  'read',
  'write',
  'lock',
  'start',
  'stop',
  'close',
  'make',
  'put',
  'work',
]);

export function isVerb(word: string): boolean {
  return VERBS.has(word);
}

/** Whether the words of a name begin with an act. */
export function beginsWithVerb(words: readonly string[]): boolean {
  const [first = '', second] = words;
  return isVerb(first) && !(second !== undefined && DOUBTFUL_BEFORE_NOUNS.has(first));
}
