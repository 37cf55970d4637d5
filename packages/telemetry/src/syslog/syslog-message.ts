import type { SinkItem } from '../sink.ts';

export interface SyslogNames {
  /** 0 to 23. */
  readonly facility: number;
  readonly host: string;
  readonly appName: string;
}

/** RFC 5424 §6.2.1. */
const SEVERITY = { error: 3, warning: 4, notice: 5, info: 6 } as const;

/**
 * RFC 5424: `<PRI>1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID - MSG`. PROCID is the worker, MSGID says what it is. The
 * message is JSON in ASCII, which needs no BOM.
 */
export function syslogMessage(item: SinkItem, text: string, names: SyslogNames): string {
  const priority = names.facility * 8 + severityOf(item);
  const { time, worker } = item.kind === 'gap' ? { time: item.gap.to, worker: item.gap.worker } : item.record;
  const head = `<${priority}>1 ${timestamp(time)} ${headerText(names.host, 255)} ${headerText(names.appName, 48)}`;
  return `${head} ${worker} ${item.kind === 'gap' ? 'gap' : 'call'} - ${text}`;
}

function severityOf(item: SinkItem): number {
  if (item.kind === 'gap') return SEVERITY.warning;
  const { status } = item.record;
  if (status >= 500) return SEVERITY.error;
  return status >= 400 ? SEVERITY.notice : SEVERITY.info;
}

const TIME_MS_MAX = 253_402_300_799_999;

/** `-` for a time that has no date of four digits. */
function timestamp(ms: number): string {
  return ms >= 0 && ms <= TIME_MS_MAX ? new Date(ms).toISOString() : '-';
}

/** §6: printable ASCII without spaces; `-` for nothing. */
function headerText(value: string, charsMax: number): string {
  const text = value.replaceAll(/[^!-~]/g, '').slice(0, charsMax);
  return text === '' ? '-' : text;
}
