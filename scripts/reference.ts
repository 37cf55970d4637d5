/**
 * Writes docs/reference, docs/lint.md and docs/metrics.md from what the program itself goes by: the tables of errors,
 * breaking changes and metrics, the schema of gatehouse.yaml and the rules for documents.
 * `scripts/reference.test.ts` fails when what is written there is stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configJsonSchema, configReference } from '@gatehouse/config';
import { breakingReference, lintReference } from '@gatehouse/governance';
import { errorReference } from '@gatehouse/kernel';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';
import { metricsGuide } from './metrics-guide.ts';

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

/** Guides beside the references that are generated as a whole. */
export function generatedGuides(): Readonly<Record<string, string>> {
  return { 'lint.md': lintReference(), 'metrics.md': metricsGuide() };
}

export const GUIDES_DIR = path.join(REFERENCE_DIR, '..');

if (import.meta.main) {
  mkdirSync(REFERENCE_DIR, { recursive: true });
  for (const [name, text] of Object.entries(references())) {
    writeFileSync(path.join(REFERENCE_DIR, name), text);
    process.stdout.write(`docs/reference/${name}\n`);
  }
  for (const [name, text] of Object.entries(generatedGuides())) {
    writeFileSync(path.join(GUIDES_DIR, name), text);
    process.stdout.write(`docs/${name}\n`);
  }
}
