import type { Mark } from './mark.ts';
import { blockValue, type BlockStyle } from './yaml-scalar.ts';
import { UNSURE, type YamlText } from './yaml-text.ts';

/** A literal or folded scalar, from its indicator on; it belongs to a parent indented by `indent`. */
export function readBlockScalar(input: YamlText, mark: Mark, indent: number): string {
  const { text } = input;
  const head = /[|>]([-+]?)([1-9]?)([-+]?)[ ]*(?: #[^\n]*)?\r?(?:\n|$)/y;
  head.lastIndex = input.at;
  const found = head.exec(text);
  if (found === null) throw UNSURE;
  const [whole, before = '', digit = '', after = ''] = found;
  if (before !== '' && after !== '') throw UNSURE;
  const sign = before + after;
  const style: BlockStyle = {
    folded: whole.startsWith('>'),
    chomp: sign === '-' ? 'strip' : sign === '+' ? 'keep' : 'clip',
  };
  input.at += whole.length;
  input.lineAt = input.at;
  mark.end = input.at;
  const lines = blockLines(input, mark, {
    given: digit === '' ? undefined : Math.max(indent, 0) + Number(digit),
    indent,
  });
  if (style.chomp === 'keep') mark.end = input.at;
  input.skipBlank();
  if (!input.ended && input.column > indent) throw UNSURE;
  return blockValue(lines, style);
}

interface BlockIndent {
  /** As its indicator has it. */
  readonly given: number | undefined;
  readonly indent: number;
}

/** The lines that belong to a block scalar, without their indentation; its first line decides how much that is. */
function blockLines(input: YamlText, mark: Mark, { given, indent }: BlockIndent): string[] {
  const { text } = input;
  const lines: string[] = [];
  let width = given;
  let blankMost = 0;
  while (!input.ended) {
    const breakAt = text.indexOf('\n', input.at);
    const next = breakAt < 0 ? text.length : breakAt + 1;
    let end = breakAt < 0 ? text.length : breakAt;
    if (text.charAt(end - 1) === '\r' && end > input.at) end--;
    let first = input.at;
    while (first < end && text.charCodeAt(first) === 0x20) first++;
    const column = first - input.at;
    // Readers disagree on blanks at the end of the text.
    if (breakAt < 0 && first === end && column > 0) throw UNSURE;
    if (first === end && (width === undefined || column <= width)) {
      blankMost = Math.max(blankMost, column);
      lines.push('');
    } else {
      if (width === undefined) {
        if (column <= indent) break;
        if (blankMost > column) throw UNSURE;
        width = column;
      }
      if (column < width) break;
      if (text.charCodeAt(first) === 9) throw UNSURE;
      // Nor do they agree on what lines of blanks mean where the indentation is given.
      if (first === end && given !== undefined) throw UNSURE;
      lines.push(text.slice(input.at + width, end));
      mark.end = next;
    }
    input.at = next;
    input.lineAt = next;
  }
  return lines;
}
