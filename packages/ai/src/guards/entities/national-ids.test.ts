import { describe, expect, it } from 'vitest';
import { EntityScan } from './entity-scan.ts';
import { NATIONAL_IDS, type Span } from './entity.ts';

function found(text: string): readonly string[] {
  const spans: Span[] = [];
  new EntityScan({ pii: true, secrets: false }).scan({ text, final: true }, spans);
  return spans.map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
}

/** Each with the kind, what names it, the number, and the same with a wrong check. */
const CASES: readonly (readonly [string, string, string, string])[] = [
  ['us_ssn', '', '536-22-8145', '666-22-8145'],
  ['us_ssn', 'ssn ', '536228145', '536220000'],
  ['uk_nino', '', 'AB123456C', 'DB123456C'],
  ['uk_nhs', 'NHS: ', '582 254 2824', '582 254 2825'],
  ['de_tax_id', 'Steuer-ID ', '64705321096', '64705321097'],
  ['de_tax_id', '', '52 972 103 844', '52 972 103 845'],
  ['fr_nir', '', '287128413420803', '287128413420804'],
  ['fr_nir', '', '1 50 11 21 039 107 03', '1 50 11 21 039 107 04'],
  ['es_dni', '', '77190037J', '77190037K'],
  ['es_nie', '', 'X7599845R', 'X7599845T'],
  ['it_fiscal_code', '', 'RSSMRA85T10A562S', 'RSSMRA85T10A562T'],
  ['br_cpf', '', '628.331.258-60', '628.331.258-61'],
  ['br_cpf', 'CPF ', '15354930626', '15354930627'],
  ['nl_bsn', 'BSN ', '366764020', '366764021'],
  ['pl_pesel', 'PESEL ', '87041342740', '87041342741'],
  ['se_personnummer', '', '701127-9044', '701127-9045'],
  ['fi_hetu', '', '141291-316C', '141291-316D'],
  ['no_fodselsnummer', '', '21015102710', '21015102711'],
  ['dk_cpr', 'CPR-nr ', '010190-1234', '410190-1234'],
  ['be_national_number', '', '76.02.26-682.51', '76.02.26-682.52'],
  ['ch_ahv', '', '756.6446.0495.68', '756.6446.0495.69'],
  ['cn_resident_id', '', '110105199311141438', '110105199311141439'],
  ['cn_resident_id', '', '11010519491231002X', '110105194912310021'],
  ['in_aadhaar', '', '5557 5918 3623', '5557 5918 3624'],
  ['kr_rrn', '', '820701-2409181', '820701-2409182'],
  ['ca_sin', 'SIN ', '526 512 330', '526 512 331'],
  ['au_tfn', 'tax file number ', '624562418', '624562419'],
  ['sg_nric', '', 'S1234567D', 'S1234567E'],
  ['tr_kimlik', 'TC kimlik ', '10000000146', '10000000147'],
];

describe('numbers that states give', () => {
  it.each(CASES)('are told by their check: %s %s%s', (kind, name, right, wrong) => {
    expect(found(`${name}${right} is it`)).toEqual([`${kind} ${right}`]);
    expect(found(`${name}${wrong} is it`).filter((each) => each.startsWith(kind))).toEqual([]);
  });

  it('are all tested', () => {
    expect([...new Set(CASES.map(([kind]) => kind))].toSorted()).toEqual([...NATIONAL_IDS].toSorted());
  });

  it('need a name where their own rules are weak', () => {
    const bare = CASES.filter(([, name]) => name !== '').map(([, , number]) => found(`it is ${number}`));
    expect(bare.flat().filter((each) => !each.startsWith('phone '))).toEqual([]);
  });
});
