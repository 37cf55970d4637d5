export type ExpositionFormat = 'openmetrics' | 'plain';

export const CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  plain: 'text/plain; version=0.0.4; charset=utf-8',
};

/** OpenMetrics for those who ask for it, the older text for browsers, `curl` and whoever takes anything. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  let openmetrics = 0;
  let plain = 0;
  for (const range of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const version = parameterOf(parameters, 'version');
    const weight = weightOf(parameters);
    if (isOpenMetrics(type, version)) openmetrics = Math.max(openmetrics, weight);
    else if (PLAIN_TYPES.has(type)) plain = Math.max(plain, weight);
  }
  return openmetrics > 0 && openmetrics >= plain ? 'openmetrics' : 'plain';
}

const PLAIN_TYPES: ReadonlySet<string> = new Set(['text/plain', 'text/*', '*/*']);

const isOpenMetrics = (type: string, version: string | undefined): boolean =>
  type === 'application/openmetrics-text' && (version === undefined || /^"?1\./.test(version));

function parameterOf(parameters: readonly string[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Between 0 and 1; what is no number counts as if it were not there. */
function weightOf(parameters: readonly string[]): number {
  const text = parameterOf(parameters, 'q');
  const weight = text === undefined || text === '' ? 1 : Number(text);
  return weight >= 0 && weight <= 1 ? weight : 1;
}
