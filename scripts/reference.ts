/**
 * Writes docs/reference from what the program itself goes by: the tables of errors and of breaking
 * changes, and the schema of gatehouse.yaml.
 * `scripts/reference.test.ts` fails when what is written there is stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configJsonSchema, configReference } from '@gatehouse/config';
import { breakingReference } from '@gatehouse/governance';
import { errorReference } from '@gatehouse/kernel';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';

export const REFERENCE_DIR = path.join(import.meta.dirname, '..', 'docs', 'reference');

/** Name of each file → what belongs in it. */
export function references(): Readonly<Record<string, string>> {
  return {
    'breaking.md': breakingReference(),
    'configuration.md': configReference(POLICY_SCHEMAS),
    'errors.md': errorReference(),
    'gatehouse.schema.json': `${JSON.stringify(configJsonSchema(POLICY_SCHEMAS), null, 2)}\n`,
  };
}

if (import.meta.main) {
  mkdirSync(REFERENCE_DIR, { recursive: true });
  for (const [name, text] of Object.entries(references())) {
    writeFileSync(path.join(REFERENCE_DIR, name), text);
    process.stdout.write(`docs/reference/${name}\n`);
  }
}
