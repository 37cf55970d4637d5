import { createHash } from 'node:crypto';
import { quote } from '../problems/nearest.ts';
import type { UpstreamTlsSource } from '../schema/upstream-tls-schema.ts';
import type { UpstreamTlsSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { authorities, keyPair } from './key-pair.ts';

/** How TLS is spoken to the targets of an upstream. */
export function upstreamTlsSpec(source: UpstreamTlsSource, compilation: Compilation): UpstreamTlsSpec {
  const { verify, minVersion } = source;
  const { places, report } = compilation;
  if (!verify) {
    report.warning(
      places.at(source, 'verify'),
      `certificates of targets are not looked at, whoever stands in between reads and changes everything; write ${quote('ca')} instead`,
    );
  }
  if (!verify && source.ca !== undefined) {
    report.problem(places.at(source, 'ca'), `${quote('ca')} is of no use without ${quote('verify')}, leave one out`);
  }
  const serverName = source.serverName?.toLowerCase().replace(/\.$/, '');
  const ca = hasAuthorities(source) ? authorities(source, compilation) : undefined;
  const own = ownCertificate(source, compilation);
  const spec = {
    verify,
    ...(ca !== undefined && { ca }),
    ...own,
    ...(serverName !== undefined && { serverName }),
    ...(minVersion === '1.3' && { minVersion: 'TLSv1.3' as const }),
  };
  return { id: createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 12), ...spec };
}

// The objects themselves are handed on: problems are told where they were written.

const hasAuthorities = (source: UpstreamTlsSource): source is UpstreamTlsSource & { ca: string } =>
  source.ca !== undefined;
const hasPair = (source: UpstreamTlsSource): source is UpstreamTlsSource & { cert: string; key: string } =>
  source.cert !== undefined && source.key !== undefined;

function ownCertificate(source: UpstreamTlsSource, compilation: Compilation): Pick<UpstreamTlsSpec, 'cert' | 'key'> {
  const { places, report } = compilation;
  if (hasPair(source)) {
    const pair = keyPair(source, compilation);
    return pair === undefined ? {} : { cert: pair.cert, key: pair.key };
  }
  const [there, missing] = source.cert === undefined ? ['key', 'cert'] : ['cert', 'key'];
  if (source.cert !== undefined || source.key !== undefined) {
    report.problem(places.at(source, there), `${quote(there)} is of no use without ${quote(missing)}, write that too`);
  }
  return {};
}
