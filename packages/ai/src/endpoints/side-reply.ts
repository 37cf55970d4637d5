import { scanObject, type Members } from '../json-scan.ts';
import { asText, parseJson } from '../loose-json.ts';
import { classifyProviderError } from '../dialects/openai-chat/provider-errors.ts';
import type { ProviderError } from '../provider-error.ts';
import type { SideRow } from './side-rows.ts';
import { readSideUsage, type SideUsage } from './side-usage.ts';

export type SideReplyRead =
  | { readonly model: string | undefined; readonly used: SideUsage | undefined }
  | { readonly error: ProviderError }
  | { readonly problem: string };

const PAGE = /^(?:text\/html|application\/xhtml)/i;
const TEXT = /^text\//i;

/** A whole answer. Pictures are megabytes that nobody here needs: they are skipped, not parsed. */
export function readSideReply(row: SideRow, body: Buffer, contentType = ''): SideReplyRead {
  const scan = scanObject(body);
  if ('problem' in scan) {
    const torn = !TEXT.test(contentType) && /^\s*\{/.test(body.toString('latin1', 0, 64));
    const text = row.answers === undefined && body.length > 0 && !torn && !PAGE.test(contentType);
    return text ? { model: undefined, used: undefined } : { problem: `The reply ${scan.problem}.` };
  }
  const { members } = scan;
  if (reportsError(body, members)) return { error: classifyProviderError(200, body) };
  if (row.answers !== undefined && !members.has(row.answers)) return { problem: `The reply has no '${row.answers}'.` };
  return {
    model: asText(memberOf(body, members, 'model')),
    used: readSideUsage(row, memberOf(body, members, 'usage')),
  };
}

export function memberOf(body: Buffer, members: Members, name: string): unknown {
  const found = members.get(name);
  return found && parseJson(body.toString('utf8', found.valueStart, found.valueEnd));
}

export function reportsError(body: Buffer, members: Members): boolean {
  return Boolean(memberOf(body, members, 'error')) || memberOf(body, members, 'object') === 'error';
}
