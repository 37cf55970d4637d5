import { describe, expect, it } from 'vitest';
import { traceIdOf } from './trace-parent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('traceIdOf', () => {
  it.each([
    ['a header of this version', `00-${TRACE}-${PARENT}-01`, TRACE],
    ['a header of a later version with more fields', `01-${TRACE}-${PARENT}-01-extra`, TRACE],
    ['no header', undefined, undefined],
    ['the version that is forbidden', `ff-${TRACE}-${PARENT}-01`, undefined],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`, undefined],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
    ['upper-case digits', `00-${TRACE.toUpperCase()}-${PARENT}-01`, undefined],
    ['a short trace id', `00-${TRACE.slice(1)}-${PARENT}-01`, undefined],
    ['a tail without a dash', `00-${TRACE}-${PARENT}-01x`, undefined],
    ['two headers', `00-${TRACE}-${PARENT}-01, 00-${TRACE}-${PARENT}-01`, undefined],
  ])('reads %s', (_what, header, expected) => expect(traceIdOf(header)).toBe(expected));
});
