import type { PiiEntity, SecretEntity } from '@gatehouse/config';

/** What is found in texts. */
export type EntityKind = PiiKind | SecretKind;

export type PiiKind = 'email' | 'phone' | 'card' | 'iban' | NationalIdKind;

export const NATIONAL_IDS = [
  'us_ssn',
  'uk_nino',
  'uk_nhs',
  'de_tax_id',
  'fr_nir',
  'es_dni',
  'es_nie',
  'it_fiscal_code',
  'br_cpf',
  'nl_bsn',
  'pl_pesel',
  'se_personnummer',
  'fi_hetu',
  'no_fodselsnummer',
  'dk_cpr',
  'be_national_number',
  'ch_ahv',
  'cn_resident_id',
  'in_aadhaar',
  'kr_rrn',
  'ca_sin',
  'au_tfn',
  'sg_nric',
  'tr_kimlik',
] as const satisfies readonly PiiEntity[];

export type NationalIdKind = (typeof NATIONAL_IDS)[number];

export type SecretKind = SecretEntity;

export const SECRET_KINDS: readonly SecretKind[] = ['api_key', 'private_key', 'jwt', 'password', 'credential'];

/** Part of a text, by offsets in UTF-16 units; a `token` stands for what was masked in the request. */
export interface Span {
  readonly kind: EntityKind | 'token';
  readonly start: number;
  readonly end: number;
}

/** A text in which something is looked for. */
export interface Reading {
  readonly text: string;
  /** Nothing comes behind it. */
  readonly final: boolean;
}

/**
 * What a detector says: a span; a place up to which there is nothing of interest (from 0); or one of the two below.
 * A text that goes on (`final` is false) may turn anything that touches its end into something else: then the detector
 * asks for more, and what it looked at is held back. Whatever is decided before the end must not depend on where the
 * text was cut.
 */
export type Found = Span | number;
export const NONE = -1;
export const MORE = -2;
