import type { ExchangeRecord } from '../exchange-record.ts';
import { safeText } from './safe-text.ts';

export interface FormatOptions {
  readonly colour: boolean;
  /** Columns of the terminal: the path takes what the rest leaves. Without it, nothing is cut. */
  readonly width?: number;
}

type Style = 'dim' | 'bold' | 'green' | 'cyan' | 'yellow' | 'red' | 'magenta';
type Paint = (style: Style, text: string) => string;

const STYLES: Readonly<Record<Style, number>> = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  magenta: 35,
  cyan: 36,
};
const CLASSES: Readonly<Record<number, Style>> = { 2: 'green', 3: 'cyan', 4: 'yellow', 5: 'red' };
const PATH_WIDTH = 36;
const PATH_WIDTH_MIN = 12;

/**
 * One line for people: time, method, status, path, total and own time, then who called, where it went, what it used
 * and why it failed, as far as known. Whatever came from outside is made safe to show.
 */
export function formatRecord(record: ExchangeRecord, options: FormatOptions): string {
  const paint = painter(options.colour);
  const status = `${record.status}`.padEnd(3);
  const times = `${total(record.durationMs).padStart(8)} ${own(record.gatewayMs).padStart(8)}`;
  const rest = restOf(record);
  const fixed = [clock(record.time), method(record), status, times, ...rest.map(({ text }) => text)];
  const taken = fixed.reduce((sum, text) => sum + text.length + 2, 0);
  const pathWidth = options.width === undefined ? PATH_WIDTH : Math.max(PATH_WIDTH_MIN, options.width - taken);
  return [
    paint('dim', clock(record.time)),
    method(record),
    paint(CLASSES[Math.floor(record.status / 100)] ?? 'magenta', status),
    fit(safeText(record.path), { width: pathWidth, cut: options.width !== undefined }),
    paint('dim', times),
    ...rest.map(({ text, style }) => (style === undefined ? text : paint(style, text))),
  ]
    .join('  ')
    .trimEnd();
}

export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
}

/** Local time of day. */
export function clock(time: number): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '--:--:--.---';
  const [h, m, s] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => `${part}`.padStart(2, '0'));
  return `${h}:${m}:${s}.${`${date.getMilliseconds()}`.padStart(3, '0')}`;
}

interface Piece {
  readonly text: string;
  readonly style?: Style;
}

function restOf(record: ExchangeRecord): readonly Piece[] {
  const pieces: Piece[] = [];
  const { application, upstream, upstreamReason, upstreamTries, aiModel, aiModelAsked, aiProvider, code } = record;
  if (application !== undefined) pieces.push({ text: safeText(application), style: 'cyan' });
  if (aiModel !== undefined) pieces.push({ text: safeText(`${aiProvider ?? '?'}/${aiModel}`) });
  else if (aiModelAsked !== undefined) pieces.push({ text: safeText(aiModelAsked) });
  else if (upstream !== undefined) pieces.push({ text: safeText(upstream) });
  if (upstreamReason !== undefined) {
    pieces.push({ text: safeText(upstreamReason), style: 'dim' });
  }
  if (upstreamTries !== undefined) pieces.push({ text: safeText(`[${upstreamTries}]`), style: 'dim' });
  const used = usage(record);
  if (used !== '') pieces.push({ text: used });
  if (record.cacheStatus !== undefined) pieces.push({ text: safeText(`cache ${record.cacheStatus}`), style: 'dim' });
  if (record.policies !== undefined) pieces.push({ text: safeText(record.policies), style: 'dim' });
  if (code !== undefined) pieces.push({ text: safeText(code), style: record.status >= 500 ? 'red' : 'yellow' });
  return pieces;
}

/** `1204>356 tokens $0.0012`, with `~` where we counted and `+` where the reply broke off before it was said. */
function usage(record: ExchangeRecord): string {
  const { aiInputTokens, aiOutputTokens, aiCostMicroUsd, aiUsageState } = record;
  if (aiInputTokens === undefined && aiOutputTokens === undefined) return '';
  const mark = aiUsageState === 'estimated' ? '~' : '';
  const open = aiUsageState === 'partial' ? '+' : '';
  const cost = aiCostMicroUsd === undefined ? '' : ` $${aiCostMicroUsd / 1e6}`;
  return `${mark}${aiInputTokens ?? '?'}>${aiOutputTokens ?? '?'}${open} tokens${cost}`;
}

function method(record: ExchangeRecord): string {
  return fit(safeText(record.method), { width: 7, cut: true });
}

function fit(text: string, to: { readonly width: number; readonly cut: boolean }): string {
  if (text.length <= to.width || !to.cut) return text.padEnd(to.width);
  return `${text.slice(0, to.width - 1).toWellFormed()}…`;
}

function total(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(2)} s` : `${(ms / 1000).toFixed(0)} s`;
}

function own(ms: number): string {
  return ms < 10 ? `${(ms * 1000).toFixed(0)} µs` : total(ms);
}
