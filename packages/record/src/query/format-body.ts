import type { BodyLine } from '../bodies/body-line.ts';
import type { CapturedBody, CapturedHead } from '../bodies/sealed-body.ts';
import { painter, type FormatOptions } from './format-record.ts';
import { safeText } from './safe-text.ts';

/** A captured body for people: what it was, its head, its text. Whatever came from outside is made safe to show. */
export function formatBody(line: BodyLine, opened: CapturedBody | undefined, { colour }: FormatOptions): string {
  const paint = painter(colour);
  const size = `${line.bytes} bytes${line.cut ? ', cut' : ''}`;
  const type = line.type === '' ? '' : `${safeText(line.type)}, `;
  const first = `-- ${line.side}: ${type}${size}`;
  if (opened === undefined) return paint('magenta', `${first}; the key of this data folder does not open it`);
  const { head, text } = opened;
  const kept = [`kept as ${head.why}`, ...(head.hidden === undefined ? [] : [`not shown: ${head.hidden}`])].join('; ');
  const shown = text === '' ? [] : ['', ...text.split('\n').map(safeText)];
  return [paint('cyan', `${first}; ${safeText(kept)}`), ...headLines(head).map(safeText), ...shown].join('\n');
}

function headLines({ method, query, status, headers = [] }: CapturedHead): readonly string[] {
  const first = [method, query, status].filter((part) => part !== undefined).join(' ');
  return [...(first === '' ? [] : [first]), ...headers.map(([name, value]) => `${name}: ${value}`)];
}
