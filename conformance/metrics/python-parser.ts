import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ExpositionFormat } from '@gatehouse/telemetry/exposition';

/** The reference reader of OpenMetrics, of the Python client of Prometheus. */
const PACKAGE = 'prometheus_client==0.26.0';
const INSTALL_MS = 60_000;
const PROGRAM = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
parse = {'openmetrics': openmetrics, 'plain': plain}[sys.argv[1]]
text = sys.stdin.buffer.read().decode('utf-8')
print(json.dumps([[s.name, s.labels, str(s.value)] for f in parse(text) for s in f.samples]))
`;

export type PythonSample = readonly [name: string, labels: Readonly<Record<string, string>>, value: string];
export type PythonParser = (text: string, format: ExpositionFormat) => readonly PythonSample[];

/** Installs it below the folder; undefined where there is no Python or no registry. */
export function pythonParser(folder: string): PythonParser | undefined {
  const python = path.join(folder, 'venv/bin/python');
  try {
    const quiet = { stdio: 'pipe', timeout: INSTALL_MS } as const;
    if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', path.join(folder, 'venv')], quiet);
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', PACKAGE], quiet);
  } catch {
    return undefined;
  }
  return (text, format) => {
    const printed = execFileSync(python, ['-c', PROGRAM, format], {
      input: text,
      encoding: 'utf8',
      maxBuffer: 1e9,
      stdio: 'pipe',
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what PROGRAM prints
    return JSON.parse(printed) as readonly PythonSample[];
  };
}
