import { CHANGES, type Breaking, type Change, type Level, type SpecDocument } from '@gatehouse/governance';
import { version } from '../version.ts';

export interface SarifDocuments {
  readonly old: SpecDocument;
  readonly new: SpecDocument;
}

const LEVELS: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0, for code hosts: each change at its operation in the new document, or, where it is gone, in the old. */
export function breakingSarif({ changes }: Breaking, documents: SarifDocuments): object {
  const ids = [...new Set(changes.map(({ id }) => id))].toSorted();
  const rules = ids.map((id) => ({
    id,
    shortDescription: { text: (CHANGES.get(id)?.wording ?? id).replaceAll(/\{(\w+)\}/g, '<$1>') },
    defaultConfiguration: { level: LEVELS[CHANGES.get(id)?.level ?? 'info'] },
  }));
  const driver = { name: 'gatehouse breaking', version: version(), rules };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, results: changes.map((change) => resultOf(change, ids, documents)) }],
  };
}

function resultOf(change: Change, ids: readonly string[], { old, new: newer }: SarifDocuments): object {
  const { id, level, operation, path, message, fingerprint } = change;
  const removed = /^(?:operation-removed|webhook-removed)/.test(id);
  const document = removed ? old : newer;
  const { line, column } = document.placeOf(stepsOf(operation));
  const place = [operation, path].filter((part) => part !== '').join(' ');
  return {
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level: LEVELS[level],
    message: { text: place === '' ? message : `${place}: ${message}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeURI(document.file) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    partialFingerprints: { 'gatehouseChange/v1': fingerprint },
  };
}

/** `webhook POST paid` and `GET /users/{id}` as the document has them. */
function stepsOf(operation: string): readonly string[] {
  const found = /^(webhook )?(\S+) (.*)$/s.exec(operation);
  if (found === null) return [];
  const [, webhook, method = '', path = ''] = found;
  return [webhook === undefined ? 'paths' : 'webhooks', path, method.toLowerCase()];
}
