import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../problems/line-index.ts';
import { Report } from '../problems/report.ts';
import { parseSource } from './parse-source.ts';
import { readSource } from './read-source.ts';

const TEXT = 'svc:\n  name: "${NAME}"\n  list: [1, wrong, 3]\n  rest:\n';

const schema = Type.Object({
  svc: Type.Object({
    name: Type.String(),
    list: Type.Array(Type.Number()),
    rest: Type.Object({ a: Type.Number({ default: 1 }) }),
    absent: Type.Array(Type.String(), { default: [] }),
  }),
});

function readBoth() {
  const report = new Report('f', new LineIndex(TEXT));
  const document = parseSource(TEXT, report);
  const result = document && readSource(document, schema, { report, environment: { NAME: 'secret value' } });
  if (result === undefined) throw new Error('The text is right enough.');
  return { ...result, line: (place: { offset: number; path: string }) => `${report.line(place)} ${place.path}` };
}

describe('Places', () => {
  const { value, places, line } = readBoth();
  const { svc } = value;

  it('points at the key under which a map or a list stands', () => {
    expect(places.of(svc)).toEqual({ offset: 0, path: 'svc' });
    expect(line(places.of(svc.list))).toBe('3 svc.list');
  });

  it('points at a value and at its key', () => {
    expect(places.at(svc, 'name')).toEqual({ offset: TEXT.indexOf('"$'), path: 'svc.name' });
    expect(places.key(svc, 'name')).toEqual({ offset: TEXT.indexOf('name'), path: 'svc.name' });
  });

  it('counts list items as they are written, not as they were kept', () => {
    expect(svc.list).toEqual([1, 3]);
    expect(places.at(svc.list, 1)).toEqual({ offset: TEXT.indexOf('3]'), path: 'svc.list[2]' });
  });

  it('points at the map where a default stands for what was not written', () => {
    expect(places.at(svc, 'absent')).toEqual(places.of(svc));
    expect(places.wrote(svc, 'absent')).toBe(false);
    expect(places.wrote(svc, 'list')).toBe(true);
    expect(places.at(svc.rest, 'a').path).toBe('svc.rest');
  });

  it('points at the top of the file for what was never read from it', () => {
    expect(places.of({})).toEqual({ offset: 0, path: '' });
    expect(places.at([], 3)).toEqual({ offset: 0, path: '' });
  });

  it('quotes what was written and never the value of a variable', () => {
    expect(svc.name).toBe('secret value');
    expect(places.quote(svc, 'name')).toBe('`${NAME}`');
    expect(places.written(svc.list, 1)).toBe('3');
    expect(places.written(svc, 'list')).toBe('list');
  });
});
