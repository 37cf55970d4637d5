export type MetricKind = 'counter' | 'gauge' | 'histogram' | 'info';

/** What is said of a metric before its samples, and in the documentation. */
export interface MetricFamily {
  /** Without `_total`, `_info` or `_bucket`, which the kind adds; ends in the unit where there is one. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit?: 'seconds' | 'bytes' | 'usd';
  /** One sentence without quotes and backslashes, which the two formats escape differently. */
  readonly help: string;
  readonly labels: readonly string[];
}

const SUFFIX: Readonly<Record<MetricKind, string>> = { counter: '_total', gauge: '', histogram: '', info: '_info' };

/** What samples of it are called: what is asked for in queries. Histograms add their endings. */
export function sampleName({ name, kind }: MetricFamily): string {
  return name + SUFFIX[kind];
}

/** The lines that announce it, in OpenMetrics 1.0. */
export function headLines({ name, kind, unit, help }: MetricFamily): readonly string[] {
  const unitLines = unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
  return [`# TYPE ${name} ${kind}`, ...unitLines, `# HELP ${name} ${help}`];
}

export interface Sample {
  /** In the order of the family's labels. */
  readonly values: readonly string[];
  readonly value: number;
}

/** A whole family of counters, gauges or facts; histograms have more lines than that. */
export function familyLines(family: MetricFamily, samples: readonly Sample[]): readonly string[] {
  const name = sampleName(family);
  return [
    ...headLines(family),
    ...samples.map(({ values, value }) => `${name}${labelText(family.labels, values)} ${value}`),
  ];
}

/** `{api="users",status="200"}`. A label without a value is left out: both formats hold that for the same. */
export function labelText(names: readonly string[], values: readonly string[]): string {
  const labels = labelList(names, values);
  return labels === '' ? '' : `{${labels}}`;
}

/** The same without braces, for those who have more labels to add. */
export function labelList(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (const [index, name] of names.entries()) {
    const value = values[index] ?? '';
    if (value !== '') text += `${text === '' ? '' : ','}${name}="${escaped(value)}"`;
  }
  return text;
}

const escaped = (value: string): string => value.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
