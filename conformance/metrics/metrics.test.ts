import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asPlainText } from '@gatehouse/telemetry/exposition';
import { parseOpenMetrics } from '@gatehouse/telemetry/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { pages } from './corpus.ts';
import { pythonParser, type PythonSample } from './python-parser.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-metrics-'));
const parser = pythonParser(folder);
if (parser === undefined) process.stdout.write('skipped: the parser of Prometheus’ Python client (python3, PyPI)\n');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Values as numbers: Python writes them in its own way. */
function read(samples: readonly PythonSample[] | undefined): readonly unknown[] | undefined {
  return samples?.map(([name, labels, value]) => ({ name, labels, value: Number(value) }));
}

function expected(page: string): readonly unknown[] {
  const all = [...parseOpenMetrics(page).values()].flatMap(({ samples }) => samples);
  return all.map(({ name, labels, value }) => ({ name, labels, value }));
}

describe.skipIf(parser === undefined)('the parser of Prometheus’ Python client', () => {
  it.each(Object.entries(pages()))('reads in OpenMetrics what was meant: %s', (_, page) => {
    expect(read(parser?.(page, 'openmetrics'))).toEqual(expected(page));
  });

  it.each(Object.entries(pages()))('reads the same in the older text: %s', (_, page) => {
    expect(read(parser?.(asPlainText(page), 'plain'))).toEqual(expected(page));
  });

  it('refuses what is wrong', () => {
    expect(() => parser?.('# TYPE a counter\na 1\n# EOF\n', 'openmetrics')).toThrow('ValueError');
  });
});
