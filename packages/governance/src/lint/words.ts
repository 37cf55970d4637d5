/** English as far as names of resources go: enough to tell a list from a thing, and a thing from an act. */

/** Plurals that do not end in s. */
const PLURALS = new Set(
  'people children men women feet teeth mice geese media data criteria phenomena indices matrices vertices'.split(' '),
);
/** One and many are the same word. */
const UNCOUNTED = new Set(
  (
    'access aircraft following analytics auth content data equipment evidence feedback firmware furniture hardware health help ' +
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

/** Acts that no thing is named after, whatever follows. */
const ACTS = new Set('get create update delete fetch add remove insert retrieve find upsert destroy modify'.split(' '));
/** Acts that may begin the name of a thing: `/cancel-reasons`. What is a thing by itself (`order`, `search`) is missing. */
const OTHER_ACTS = new Set(
  (
    'accept activate apply approve assign authorize calculate cancel close compute confirm convert deactivate decline ' +
    'disable edit enable execute generate invoke make notify pause perform persist publish put recalculate refresh ' +
    'register reject rename replace resend reset resolve restart restore retry revoke save send start stop submit ' +
    'subscribe suspend terminate unassign unlock unpublish unsubscribe validate verify withdraw'
  ).split(' '),
);

export function isVerb(word: string): boolean {
  return ACTS.has(word) || OTHER_ACTS.has(word) || MORE_VERBS.has(word);
}

/** Verbs in names of operations, where a verb is expected. */
const MORE_VERBS = new Set(
  'check close copy count export import list lock merge move open post patch process query read run search set sync test upload download write'.split(
    ' ',
  ),
);

/** Whether the words of a name begin with an act. */
export function beginsWithVerb(words: readonly string[]): boolean {
  const [first = '', second] = words;
  if (first === 'add' && (second === 'on' || second === 'ons')) return false;
  if (ACTS.has(first)) return true;
  return OTHER_ACTS.has(first) && (words.length === 1 || !isPlural(words.at(-1) ?? ''));
}
