/**
 * The one form of characters that look alike: small letters without accents, Latin where Cyrillic, Greek, full-width or
 * mathematical letters only imitate it; what cannot be seen becomes nothing. For comparing, never for showing.
 */
export function foldCharacter(codePoint: number): string {
  if (codePoint < 128) return ASCII[codePoint] ?? '';
  const known = folded.get(codePoint);
  if (known !== undefined) return known;
  if (folded.size >= CACHED_MAX) folded.clear();
  const found = fold(codePoint);
  folded.set(codePoint, found);
  return found;
}

/** Letters and digits of every script; nothing for the rest. */
export function isFoldedWord(code: number): boolean {
  if (code < 128) return (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39);
  return code >= 0xaa && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x2190 && code <= 0x2bff) && !isMark(code);
}

function isMark(code: number): boolean {
  const latin = code === 0xab || code === 0xb7 || code === 0xbb || code === 0xbf || code === 0xd7 || code === 0xf7;
  return latin || (code >= 0x3001 && code <= 0x3030) || (code >= 0xfe10 && code <= 0xfe6b);
}

/** Scripts that write no spaces between words, or hang endings on them: Thai, Khmer, kana, han, hangul. */
export function runsTogether(code: number): boolean {
  return (
    (code >= 0x0e00 && code <= 0x11ff) ||
    (code >= 0x1780 && code <= 0x17ff) ||
    (code >= 0x3040 && code <= 0xdfff) ||
    (code >= 0xf900 && code <= 0xfaff)
  );
}

const CACHED_MAX = 8192;
const folded = new Map<number, string>();

const ASCII = Array.from({ length: 128 }, (_, code) =>
  code === 0x09 || code === 0x0a || code === 0x0d ? ' ' : String.fromCharCode(code).toLowerCase(),
);

function fold(codePoint: number): string {
  // Tags: invisible doubles of ASCII, with which text is smuggled past readers.
  if (codePoint >= 0xe0020 && codePoint <= 0xe007e) return ASCII[codePoint - 0xe0000] ?? '';
  const char = String.fromCodePoint(codePoint);
  if (INVISIBLE.test(char)) return '';
  const enclosed = ENCLOSED.find((first) => codePoint >= first && codePoint < first + 26);
  if (enclosed !== undefined) return String.fromCharCode(0x61 + codePoint - enclosed);
  let result = '';
  for (const part of char.normalize('NFKD')) {
    if (/\s/.test(part) || part === '\u2800') result += ' ';
    else if (!isAccent(part.charCodeAt(0))) result += TWINS.get(part.toLowerCase()) ?? part.toLowerCase();
  }
  return result;
}

/** Marks over and under letters of Latin, Greek and Cyrillic; in other scripts marks are vowels. */
function isAccent(code: number): boolean {
  return (
    (code >= 0x300 && code <= 0x36f) ||
    (code >= 0x1ab0 && code <= 0x1aff) ||
    (code >= 0x1dc0 && code <= 0x20ff && (code < 0x1e00 || code >= 0x20d0))
  );
}

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;
/** Letters in black circles and squares, which have no decomposition. */
const ENCLOSED = [0x1f150, 0x1f170];

/** What imitates which Latin letter, after lower case. Both cases of Cyrillic must fold alike, so capitals count too. */
const TWINS: ReadonlyMap<string, string> = new Map(
  (
    'аa вb сc ԁd еe ѕs іi јj кk мm нh оo рp ԛq тt уy ѵv ԝw хx һh ӏl гr пn ' +
    'αa βb γy εe ηn ιi κk νv οo ρp σo ςo τt υu χx ωw ϲc ϳj ' +
    'ıi ɩi ɪi łl øo đd ħh ŧt ɑa ɡg ɢg ʀr ʏy ʙb ʜh ʟl ɴn ƅb ƿp ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ꜱs ꜰf ' +
    "օo ոn սu һh ցg հh ꞌ' ’' ‘' ʼ' ‐- ‑- ‒- –- —-"
  )
    .split(' ')
    .map((pair) => [pair.slice(0, 1), pair.slice(1)]),
);

/** A whole text in that form; blanks stay as many as they are. */
export function foldText(text: string): string {
  return text.replaceAll(BEYOND_ASCII, foldRun).toLowerCase();
}

const BEYOND_ASCII = /[^\0-\x7f]+/gu;

function foldRun(run: string): string {
  let result = '';
  for (const char of run) result += foldCharacter(char.codePointAt(0) ?? 0);
  return result;
}
