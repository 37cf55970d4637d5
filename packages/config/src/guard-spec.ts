/** A guardrail, and the calls that it is for. */
export interface AiGuardSpec {
  /** Names by which callers call models; undefined: all. */
  readonly models: readonly string[] | undefined;
  /** Undefined: all, and callers that are none. */
  readonly applications: readonly string[] | undefined;
  readonly guard: GuardSpec;
}

/** What a guardrail looks for and does: plain data. */
export type GuardSpec =
  | PiiGuardSpec
  | SecretsGuardSpec
  | InjectionGuardSpec
  | TopicsGuardSpec
  | OutputSchemaGuardSpec
  | LengthGuardSpec
  | ModerationGuardSpec;

/**
 * `block` refuses the call; `mask` puts a token such as `[EMAIL_1]` in the place of what was found, and takes it back in
 * what the model answers; `flag` only reports.
 */
export type GuardAction = 'block' | 'mask' | 'flag';

/** What goes to the model, and what comes back. */
export type GuardSide = 'request' | 'reply';

interface Named {
  /** For the record; its kind when absent. */
  readonly name?: string | undefined;
  /** Decides and reports, and changes nothing. */
  readonly shadow?: boolean | undefined;
}

interface Sided extends Named {
  /** Both when absent. */
  readonly on?: readonly GuardSide[] | undefined;
}

export interface PiiGuardSpec extends Sided {
  readonly kind: 'pii';
  readonly action: GuardAction;
  /** All when absent. */
  readonly entities?: readonly PiiEntity[] | undefined;
}

export interface SecretsGuardSpec extends Sided {
  readonly kind: 'secrets';
  readonly action: GuardAction;
  /** All when absent. */
  readonly entities?: readonly SecretEntity[] | undefined;
}

/** Looks at what callers, tools and documents say in a request; what the operator and the model say is left alone. */
export interface InjectionGuardSpec extends Named {
  readonly kind: 'injection';
  readonly action: 'block' | 'flag';
}

/** Words and phrases, whatever their case, accents, dashes and look-alikes; `word*` takes every ending. */
export interface TopicsGuardSpec extends Sided {
  readonly kind: 'topics';
  readonly action?: GuardAction | undefined;
  readonly deny?: readonly string[] | undefined;
  /** Callers must name one of these somewhere in the conversation; `mask` counts as `block` here. */
  readonly allow?: readonly string[] | undefined;
}

/** The text of an answer that is complete must be JSON of this schema. */
export interface OutputSchemaGuardSpec extends Named {
  readonly kind: 'output-schema';
  readonly action?: 'block' | 'flag' | undefined;
  readonly schema: AnswerSchema;
}

/** UTF-16 units of all text of a request, and of what an answer shows. */
export interface LengthGuardSpec extends Sided {
  readonly kind: 'length';
  readonly action?: 'block' | 'flag' | undefined;
  readonly maxChars: number;
}

/** Asks a model that judges texts. */
export interface ModerationGuardSpec extends Sided {
  readonly kind: 'moderation';
  readonly action?: 'block' | 'flag' | undefined;
  readonly provider: string;
  readonly model: string;
  /** From 0 to 1; without it the provider's own verdict counts. */
  readonly threshold?: number | undefined;
  /** What a moderator that cannot be reached means; `block` when absent. */
  readonly onFailure?: 'block' | 'pass' | undefined;
  /** How long it is waited for; as whoever asks it sees fit when absent. */
  readonly timeoutMs?: number | undefined;
}

/** JSON Schema, as plain data. */
export type AnswerSchema = boolean | { readonly [keyword: string]: SchemaValue };
type SchemaValue =
  | null
  | boolean
  | number
  | string
  | readonly SchemaValue[]
  | { readonly [member: string]: SchemaValue };

export type PiiEntity = (typeof PII_ENTITIES)[number];
export type SecretEntity = (typeof SECRET_ENTITIES)[number];

/** `national_id` stands for all that follow it. */
export const PII_ENTITIES = [
  'email',
  'phone',
  'card',
  'iban',
  'national_id',
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
] as const;

export const SECRET_ENTITIES = ['api_key', 'private_key', 'jwt', 'password', 'credential'] as const;
