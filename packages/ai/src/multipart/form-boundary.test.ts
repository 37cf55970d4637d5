import { describe, expect, it } from 'vitest';
import { formBoundary } from './form-boundary.ts';

describe('the boundary of a form', () => {
  it.each([
    ['multipart/form-data; boundary=----formdata-undici-012345678901', '----formdata-undici-012345678901'],
    ['Multipart/Form-Data;boundary="a b=c"', 'a b=c'],
    ['multipart/form-data;charset=UTF-8;boundary=x', 'x'],
    ['multipart/form-data; boundary=x; charset=utf-8 ', 'x'],
  ])('is read from %s', (type, boundary) => {
    expect(formBoundary(type)).toBe(boundary);
  });

  it.each([
    '',
    'application/json',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary=""',
    'multipart/form-data; boundary=a; boundary=b',
    'multipart/form-data; boundary=a; charset=utf-16',
    'multipart/form-data; boundary*=a',
    'multipart/form-data; boundary="a',
    'multipart/form-data; boundary="a\\"b"',
    'multipart/form-data; boundary="a "',
    'multipart/form-data; boundary=a b',
    'multipart/form-data; boundary=a\u00e4',
    `multipart/form-data; boundary=${'a'.repeat(71)}`,
    'multipart/form-data, multipart/form-data; boundary=a',
    'multipart/mixed; boundary=a',
    'multipart/form-datas; boundary=a',
  ])('is not read from %s', (type) => {
    expect(formBoundary(type)).toBeUndefined();
  });
});
