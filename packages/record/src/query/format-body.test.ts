import { describe, expect, it } from 'vitest';
import type { BodyLine } from '../bodies/body-line.ts';
import { formatBody } from './format-body.ts';

const LINE: BodyLine = {
  body: true,
  id: 'r1',
  time: 0,
  worker: 0,
  side: 'request',
  type: 'text/plain',
  bytes: 7,
  cut: true,
  key: 'k',
  sealed: '',
};

describe('formatBody', () => {
  it('shows what is known of it, and its text', () => {
    const head = { why: 'error', method: 'POST', query: '?a=1', headers: [['x-a', '1']] as const };
    expect(formatBody(LINE, { head, text: 'one\ntwo' }, { colour: false })).toBe(
      '-- request: text/plain, 7 bytes, cut; kept as error\nPOST ?a=1\nx-a: 1\n\none\ntwo',
    );
  });

  it('says why there is no text', () => {
    const head = { why: 'sampled', hidden: 'bodies of this media type are not kept', status: 200 };
    const line: BodyLine = { ...LINE, side: 'response', type: 'image/png', cut: false };
    expect(formatBody(line, { head, text: '' }, { colour: false })).toBe(
      '-- response: image/png, 7 bytes; kept as sampled; not shown: bodies of this media type are not kept\n200',
    );
  });

  it('says that it cannot be opened', () => {
    expect(formatBody(LINE, undefined, { colour: false })).toMatch(/the key of this data folder does not open it$/);
  });

  it('lets nothing act on a terminal', () => {
    const head = { why: 'x', headers: [['a', '\u001b[2J']] as const };
    const shown = formatBody(LINE, { head, text: '\u001b]0;x\u0007\r' }, { colour: false });
    expect(shown.replaceAll('\n', '')).toMatch(/^[ -~]+$/);
  });
});
