import { describe, expect, it } from 'vitest';
import { PathScan } from './path-scan.ts';

function scanOf(path: string, segmentsMax = 8): PathScan {
  const scan = new PathScan(segmentsMax);
  scan.read(path);
  return scan;
}

function segmentsOf(scan: PathScan): string[] {
  return Array.from({ length: scan.count }, (_, index) => scan.segment(index));
}

describe('a scan', () => {
  it.each([
    ['/', ['']],
    ['/a', ['a']],
    ['/a/', ['a', '']],
    ['//', ['', '']],
    ['/a/bc/d', ['a', 'bc', 'd']],
    ['/a//b', ['a', '', 'b']],
  ])('finds the segments of %s', (path, expected) => {
    const scan = scanOf(path);
    expect(segmentsOf(scan)).toEqual(expected);
    expect(expected.map((_, index) => scan.length(index))).toEqual(expected.map((text) => text.length));
  });

  it('gives everything from a segment on', () => {
    const scan = scanOf('/a/bc//d/');
    expect([0, 1, 2, 3, 4, 5].map((index) => scan.rest(index))).toEqual(['a/bc//d/', 'bc//d/', '/d/', 'd/', '', '']);
  });

  it('compares a segment in place', () => {
    const scan = scanOf('/a/bc/bcd');
    expect([scan.equals(1, 'bc'), scan.equals(2, 'bc'), scan.equals(1, 'b'), scan.equals(1, 'xc')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('counts one past the deepest pattern and no further', () => {
    expect(scanOf('/a/b', 2).count).toBe(2);
    expect(scanOf('/a/b/', 2).count).toBe(3);
    expect(scanOf('/a/b/c/d/e', 2).count).toBe(3);
    expect(scanOf('/a/b/c', 2).rest(2)).toBe('c');
  });

  it('has room for one segment when the patterns have none', () => {
    expect(scanOf('/a/b', 0).count).toBe(2);
    expect(scanOf('/a/b', 0).rest(0)).toBe('a/b');
  });

  it('is overwritten by the next path', () => {
    const scan = scanOf('/a/b/c');
    scan.read('/xyz');
    expect(segmentsOf(scan)).toEqual(['xyz']);
  });
});
