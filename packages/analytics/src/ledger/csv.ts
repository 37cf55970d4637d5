/** A table as RFC 4180 has it, with the fields of its head in front. */
export function csvText(rows: readonly (readonly CsvValue[])[]): string {
  return rows.map((row) => `${row.map(fieldText).join(',')}\r\n`).join('');
}

/** Numbers are whole or have been written out; texts are somebody's. */
export type CsvValue = string | bigint | number | { readonly number: string };

/** A text that a spreadsheet would take for a formula gets a `'` in front (OWASP, CSV injection): callers choose some of them. */
function fieldText(value: CsvValue): string {
  if (typeof value === 'object') return value.number;
  if (typeof value !== 'string') return value.toString();
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export class CsvError extends Error {}

/**
 * Fields of each record. Ends of lines may be CRLF, LF or CR, fields may be apart by `,`, `;` or tab: by whichever the
 * first line has most of. Empty lines are left out.
 */
export function readCsv(text: string): readonly (readonly string[])[] {
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const between = separatorOf(content);
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  const endRecord = (): void => {
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  };
  while (at < content.length) {
    const { value, next } =
      content[at] === '"' ? quotedField(content, at, records.length) : plainField(content, at, between);
    record.push(value);
    at = next;
    const char = content[at];
    if (char === between) {
      at++;
      // A record that ends with what stands between fields has an empty one behind it.
      if (at === content.length || /[\r\n]/.test(content[at] ?? '')) record.push('');
      if (at < content.length && !/[\r\n]/.test(content[at] ?? '')) continue;
    } else if (at < content.length && char !== '\r' && char !== '\n') {
      throw new CsvError(`record ${records.length + 1}: something stands behind a closing quote`);
    }
    endRecord();
    if (content[at] === '\r' && content[at + 1] === '\n') at++;
    at++;
  }
  return records;
}

interface Field {
  readonly value: string;
  readonly next: number;
}

function plainField(text: string, from: number, between: string): Field {
  let next = from;
  while (next < text.length && text[next] !== between && text[next] !== '\n' && text[next] !== '\r') next++;
  return { value: text.slice(from, next), next };
}

function quotedField(text: string, from: number, records: number): Field {
  let value = '';
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new CsvError(`record ${records + 1}: a quote is not closed`);
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"') return { value, next: quote + 1 };
    value += '"';
    at = quote + 2;
  }
}

function separatorOf(text: string): string {
  const [line = ''] = text.split(/[\r\n]/, 1);
  const counts = [',', ';', '\t'].map((each) => ({ each, count: line.split(each).length }));
  return counts.reduce((best, other) => (other.count > best.count ? other : best)).each;
}
