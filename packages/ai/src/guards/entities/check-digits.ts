/** Check digits of numbers that people and money are known by. Each takes digits only, unless it says otherwise. */

/** ISO/IEC 7812-1. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  let twice = false;
  for (let at = digits.length - 1; at >= 0; at--) {
    const digit = digits.charCodeAt(at) - 0x30;
    sum += twice ? digit * 2 - (digit > 4 ? 9 : 0) : digit;
    twice = !twice;
  }
  return sum % 10 === 0;
}

/** ISO/IEC 7064 MOD 97-10, as IBANs use it: letters are 10 to 35, and the first four characters go to the end. */
export function passesIban(iban: string): boolean {
  let rest = 0;
  for (let at = 0; at < iban.length; at++) {
    const value = Number.parseInt(iban.charAt((at + 4) % iban.length), 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** The remainder of a number that may be longer than a double is exact. */
export function remainder(digits: string, divisor: number): number {
  let rest = 0;
  for (let at = 0; at < digits.length; at++) rest = (rest * 10 + digits.charCodeAt(at) - 0x30) % divisor;
  return rest;
}

export function weightedSum(digits: string, weights: readonly number[]): number {
  let sum = 0;
  for (const [at, weight] of weights.entries()) sum += weight * (digits.charCodeAt(at) - 0x30);
  return sum;
}

/** ISO/IEC 7064 MOD 11,10. */
export function passesMod11And10(digits: string): boolean {
  let product = 10;
  for (let at = 0; at < digits.length - 1; at++) {
    const sum = (digits.charCodeAt(at) - 0x30 + product) % 10;
    product = ((sum === 0 ? 10 : sum) * 2) % 11;
  }
  return (11 - product) % 10 === digits.charCodeAt(digits.length - 1) - 0x30;
}

/** Verhoeff's code over the dihedral group D5. */
export function passesVerhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at++) {
    let digit = digits.charCodeAt(digits.length - 1 - at) - 0x30;
    for (let turn = 0; turn < at % 8; turn++) digit = PERMUTATION.charCodeAt(digit) - 0x30;
    check = multiply(check, digit);
  }
  return check === 0;
}

const PERMUTATION = '1576283094';

/** In D5: 0 to 4 are rotations, 5 to 9 reflections. */
function multiply(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : ((a + b - 5) % 5) + 5;
  return b < 5 ? ((a - b) % 5) + 5 : (a - b + 5) % 5;
}

/** A day of a year of which only two digits are known. */
export function isDay(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/** China (GB 11643): eighteen characters, the last of which may be X. */
export function isResidentId(id: string): boolean {
  const month = Number(id.slice(10, 12));
  const day = Number(id.slice(12, 14));
  if (!/^[1-8]\d{5}(?:19|20)/.test(id) || !isDay(month, day)) return false;
  const sum = weightedSum(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return '10X98765432'.charAt(sum % 11) === id.charAt(17).toUpperCase();
}
