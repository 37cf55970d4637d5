import { expect, it } from 'vitest';
import { Cipher } from '../cipher.ts';
import { opensSealed, sealed } from './sealed.ts';

const house = new Cipher(Buffer.alloc(32, 1));
const other = new Cipher(Buffer.alloc(32, 2));
const spec = { kind: 'openai', keys: [{ apiKey: 'sk-1' }, { apiKey: 'sk-2' }] };
const kept = sealed({ spec }, { cipher: house, place: 'prov_1', before: undefined });

it.each([
  ['opens with the key of its house', { id: 'prov_1', data: kept }, house, true],
  ['does not open with the key of another house', { id: 'prov_1', data: kept }, other, false],
  ['does not open where it was not sealed for', { id: 'prov_2', data: kept }, house, false],
  [
    'opens in a revision, which names whom it was sealed for',
    { id: 'rev_1', data: { ...kept, sealedFor: 'prov_1' } },
    house,
    true,
  ],
  ['says nothing where nothing is sealed', { id: 'prov_1', data: { spec: { kind: 'demo' } } }, house, undefined],
  ['is not what only looks like it', { id: 'prov_1', data: { title: 'say "$sealed"' } }, house, undefined],
  ['does not open where it was cut off', { id: 'prov_1', data: { spec: { $sealed: 'AAAA' } } }, house, false],
])('what is sealed %s', (_name, { id, data }, cipher, expected) => {
  expect(opensSealed({ id, data: JSON.stringify(data) }, cipher)).toBe(expected);
});
