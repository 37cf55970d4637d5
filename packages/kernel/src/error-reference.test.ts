import { describe, expect, it } from 'vitest';
import { errorReference, FAMILIES } from './error-reference.ts';
import { ERRORS } from './errors.ts';

const lines = errorReference().split('\n');

describe('errorReference', () => {
  it('has one row for each code, in the order of the table', () => {
    const codes = lines.map((line) => /^\| `([a-z_.]+)` \|/.exec(line)?.[1]).filter((code) => code !== undefined);
    expect(codes).toEqual(Object.keys(ERRORS));
  });

  it('shows status, title, who acts and whether to try again', () => {
    expect(lines).toContain('| `limit.rate` | 429 | Too many requests | the caller | yes |');
    expect(lines).toContain('| `route.not_found` | 404 | No such route | the caller | no |');
    expect(lines).toContain('| `upstream.timeout` | 504 | Upstream timed out | the service behind the gate | yes |');
  });

  it('introduces every family, and no other', () => {
    const families = new Set(Object.keys(ERRORS).map((code) => code.split('.')[0]));
    expect(new Set(Object.keys(FAMILIES))).toEqual(families);
    for (const family of families) {
      const heading = lines.indexOf(`## \`${family}\``);
      expect(lines[heading + 2]).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('has five cells in every row', () => {
    for (const line of lines.filter((text) => text.startsWith('|'))) expect(line.match(/\|/g)).toHaveLength(6);
  });

  it('ends with one line break and has no space at the end of a line', () => {
    expect(errorReference()).toMatch(/[^\n]\n$/);
    expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
  });
});
