import type { Rule } from './rule.ts';
import { AGENT_RULES } from './rules/agents.ts';
import { BODY_RULES } from './rules/bodies.ts';
import { COMPONENT_RULES } from './rules/components.ts';
import { CREDENTIAL_RULES } from './rules/credentials.ts';
import { DOCUMENTATION_RULES } from './rules/documentation.ts';
import { EVOLUTION_RULES } from './rules/evolution.ts';
import { EXAMPLE_RULES } from './rules/examples.ts';
import { EXPOSURE_RULES } from './rules/exposure.ts';
import { LIFECYCLE_RULES } from './rules/lifecycle.ts';
import { LIMIT_RULES } from './rules/limits.ts';
import { NAME_RULES } from './rules/names.ts';
import { OPERATION_ID_RULES } from './rules/operation-ids.ts';
import { PAGINATION_RULES } from './rules/pagination.ts';
import { PATH_RULES } from './rules/paths.ts';
import { PERSONAL_DATA_RULES } from './rules/personal-data.ts';
import { PROTECTION_RULES } from './rules/protection.ts';
import { REFUSAL_RULES } from './rules/refusals.ts';
import { REPLY_RULES } from './rules/replies.ts';
import { TEMPLATE_RULES } from './rules/templates.ts';
import { VALUE_RULES } from './rules/values.ts';
import { VERSION_RULES } from './rules/versions.ts';

const FAMILIES: readonly (readonly Rule[])[] = [
  PATH_RULES,
  TEMPLATE_RULES,
  NAME_RULES,
  OPERATION_ID_RULES,
  VALUE_RULES,
  BODY_RULES,
  PAGINATION_RULES,
  REPLY_RULES,
  COMPONENT_RULES,
  VERSION_RULES,
  LIFECYCLE_RULES,
  EVOLUTION_RULES,
  DOCUMENTATION_RULES,
  EXAMPLE_RULES,
  PROTECTION_RULES,
  CREDENTIAL_RULES,
  LIMIT_RULES,
  EXPOSURE_RULES,
  REFUSAL_RULES,
  PERSONAL_DATA_RULES,
  AGENT_RULES,
];

/** All rules, by id. */
export const RULES: readonly Rule[] = FAMILIES.flat().toSorted((a, b) => (a.id < b.id ? -1 : 1));

const BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));

export function ruleOf(id: string): Rule | undefined {
  return BY_ID.get(id);
}
