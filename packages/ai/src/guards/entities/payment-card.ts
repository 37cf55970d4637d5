import { item } from '@gatehouse/kernel';
import { passesLuhn } from './check-digits.ts';
import { wordsBefore } from './left-context.ts';
import { digitsOf, endsWithGroup, hasGroups, type NumberShape } from './number-shape.ts';

/**
 * How many of the first groups are the number of a payment card; 0 for none. A number in one piece behind a word such as
 * "order" is taken for what that word says: one in ten of those has Luhn's digit by chance.
 */
export function cardGroups(shape: NumberShape, text: string): number {
  const { groups } = shape;
  const first = item(groups, 0);
  if (first.digits.length >= 13) {
    if (!endsWithGroup(shape, 1) || !isCardNumber(first.digits)) return 0;
    return isOtherNumber(text, first.start) ? 0 : 1;
  }
  for (const layout of LAYOUTS) {
    if (!hasGroups(shape, layout, ' -.')) continue;
    if (endsWithGroup(shape, layout.length) && isCardNumber(digitsOf(shape, layout.length))) return layout.length;
  }
  return 0;
}

/** As cards and people print them. */
const LAYOUTS: readonly (readonly number[])[] = [
  [4, 4, 4, 4],
  [4, 6, 5],
  [4, 6, 4],
  [4, 4, 4, 4, 3],
  [4, 4, 4, 4, 2],
  [4, 4, 4, 4, 1],
  [6, 13],
];

function isCardNumber(digits: string): boolean {
  return digits.length <= 19 && passesLuhn(digits) && isIssued(digits);
}

/** First digits (ISO/IEC 7812) as `from` to `to` with the lengths that are in use there. */
const ISSUERS: readonly { readonly from: string; readonly to: string; readonly lengths: readonly number[] }[] = [
  { from: '4', to: '4', lengths: [13, 16, 19] },
  { from: '51', to: '55', lengths: [16] },
  { from: '2221', to: '2720', lengths: [16] },
  { from: '34', to: '34', lengths: [15] },
  { from: '37', to: '37', lengths: [15] },
  { from: '300', to: '305', lengths: [14] },
  { from: '3095', to: '3095', lengths: [14] },
  { from: '36', to: '36', lengths: [14] },
  { from: '38', to: '39', lengths: [14, 16] },
  { from: '6011', to: '6011', lengths: [16, 19] },
  { from: '644', to: '659', lengths: [16, 19] },
  { from: '62', to: '62', lengths: [16, 17, 18, 19] },
  { from: '3528', to: '3589', lengths: [16, 19] },
  { from: '2200', to: '2204', lengths: [16, 17, 18, 19] },
  { from: '5018', to: '5018', lengths: [13, 15, 16, 18, 19] },
  { from: '5020', to: '5020', lengths: [13, 15, 16, 18, 19] },
  { from: '5038', to: '5038', lengths: [13, 15, 16, 18, 19] },
  { from: '5067', to: '5067', lengths: [16] },
  { from: '5893', to: '5893', lengths: [13, 15, 16, 18, 19] },
  { from: '6304', to: '6304', lengths: [13, 15, 16, 18, 19] },
  { from: '6362', to: '6363', lengths: [16] },
  { from: '6759', to: '6763', lengths: [13, 15, 16, 18, 19] },
  { from: '9792', to: '9792', lengths: [16] },
];

function isIssued(digits: string): boolean {
  return ISSUERS.some(({ from, to, lengths }) => {
    const begin = digits.slice(0, from.length);
    return begin >= from && begin <= to && lengths.includes(digits.length);
  });
}

function isOtherNumber(text: string, at: number): boolean {
  if (text.charCodeAt(at - 1) === 0x23) return true;
  for (const word of wordsBefore(text, at)) {
    if (CARDS.test(word)) return false;
    if (OTHERS.test(word)) return true;
    if (!FILLERS.has(word)) return false;
  }
  return false;
}

const CARDS = /^(?:cards?|karte|kreditkarte|carte|tarjeta|visa|mastercard|amex|maestro|pan|cc|zahlung|payment)$/;
const OTHERS =
  /^(?:orders?|invoices?|tracking|refs?|reference|tickets?|transactions?|txn|bookings?|shipments?|parcels?|purchase|po|sku|imei|imsi|serial|cases?|ids?|items?|account|kunden\w*|bestell\w*|auftrags?\w*|rechnungs?\w*|sendungs?\w*|vorgangs?\w*|pedido|commande|facture|ordine|fattura|order\w*|(?:item|transaction|tracking|customer|user|product|session|request|trace|event|message)id)$/;
const FILLERS: ReadonlySet<string> = new Set(
  'number numbers no nr num nummer n code is was are the and a of o p my your our lautet ist'.split(' '),
);
