/**
 * Has pages of `/metrics` read by those who will read them: the parser of Prometheus' Python client (python3, PyPI),
 * `promtool check metrics` and a Prometheus that scrapes (Debian's package, unpacked below the system's temporary
 * folder; `apt-get update` may have to come first). Ends with exit code 1 when one of them objects.
 */
import os from 'node:os';
import path from 'node:path';
import { asPlainText } from '@gatehouse/telemetry/exposition';
import { parseOpenMetrics } from '@gatehouse/telemetry/testing';
import { pages } from './corpus.ts';
import { prometheusOf, promtoolFindings, scrapedBy } from './prometheus.ts';
import { pythonParser } from './python-parser.ts';

const folder = path.join(os.tmpdir(), 'gatehouse-metrics-conformance');
const prometheus = prometheusOf(folder);
const python = pythonParser(folder);
let failed = 0;

function tell(who: string, what: string | undefined): void {
  process.stdout.write(`  ${who}: ${what ?? 'skipped, it cannot be had here'}\n`);
}

function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    failed++;
    return `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}

for (const [name, page] of Object.entries(pages())) {
  const count = [...parseOpenMetrics(page).values()].reduce((sum, { samples }) => sum + samples.length, 0);
  process.stdout.write(`${name}: ${count} samples\n`);
  tell('python, OpenMetrics', python && attempt(() => `${python(page, 'openmetrics').length} samples`));
  tell('python, text', python && attempt(() => `${python(asPlainText(page), 'plain').length} samples`));
  const findings = prometheus && promtoolFindings(prometheus, page);
  tell('promtool', findings === '' ? 'no findings' : findings);
  if (findings !== undefined && findings !== '') failed++;
  if (prometheus === undefined) continue;
  const { up, samples, askedFor } = await scrapedBy(prometheus, { page, folder });
  tell('Prometheus', `${up ? 'understood' : 'REFUSED'} ${samples} samples, of ${askedFor}`);
  if (!up || samples !== count) failed++;
}
process.exitCode = failed === 0 ? 0 : 1;
