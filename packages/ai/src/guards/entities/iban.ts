import { isAsciiLetter, isBlank, isDash, isDigit, isUpper, isWord } from './characters.ts';
import { passesIban } from './check-digits.ts';
import { MORE, NONE, type Found, type Reading } from './entity.ts';

/** Lengths by country, from SWIFT's registry. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 ' +
    'FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 ' +
    'LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 ' +
    'RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((row) => [row.slice(0, 2), Number(row.slice(2))]),
);

/** The account number that begins at `at`, where a word begins with two letters; printed in one piece or in groups. */
export function ibanAt({ text, final }: Reading, at: number): Found {
  const length = LENGTHS.get(text.slice(at, at + 2).toUpperCase());
  if (length === undefined) return NONE;
  const upper = isUpper(text.charCodeAt(at));
  let iban = '';
  let end = at;
  while (iban.length < length) {
    if (end === text.length) return final ? NONE : MORE;
    const code = text.charCodeAt(end);
    if (isPart(code, upper) && (iban.length < 2 ? !isDigit(code) : iban.length > 3 || isDigit(code))) {
      iban += text.charAt(end);
    } else if (iban.length < 4 || !isGap(text, end)) return NONE;
    end++;
  }
  if (end === text.length && !final) return MORE;
  return isWord(text.charCodeAt(end)) || !passesIban(iban) ? NONE : { kind: 'iban', start: at, end };
}

/** Letters are all of one case. */
function isPart(code: number, upper: boolean): boolean {
  return isDigit(code) || (isAsciiLetter(code) && isUpper(code) === upper);
}

/** One blank or dash, not two. */
function isGap(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const code = text.charCodeAt(at);
  return (isBlank(code) || isDash(code)) && !isBlank(before) && !isDash(before);
}
