import { existsSync } from 'node:fs';
import {
  driftReport,
  isSwagger,
  proposePatch,
  type DriftPatch,
  type DriftReport,
  type SpecDocument,
} from '@gatehouse/governance';
import { documentFingerprint, parseDuration } from '@gatehouse/kernel';
import { refusal, readSpec } from '../breaking/read-spec.ts';
import { CommandFailure } from '../failure.ts';
import { writeNew } from '../write-new.ts';
import type { DriftFlags } from './define-drift.ts';
import { driftText } from './drift-text.ts';
import { observedVersion } from './observed-versions.ts';

export interface DriftCall {
  readonly spec: string;
  /** Of records. */
  readonly folder: string;
  readonly flags: DriftFlags;
  /** The output is for eyes. */
  readonly coloured: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly print: (line: string) => void;
  readonly note: (line: string) => void;
}

const FAIL_ON = ['info', 'warning', 'error', 'never'] as const;

/** `gatehouse drift SPEC`: exit code 1 when something at or above the failing level was found. */
export async function drift(call: DriftCall): Promise<void> {
  const { spec: file, folder, flags, now, print, note } = call;
  const failOn = FAIL_ON.find((level) => level === flags.failOn);
  if (failOn === undefined) throw new CommandFailure(`--fail-on ${flags.failOn}: write one of ${FAIL_ON.join(', ')}`);
  const spec = readSpec(file);
  if (isSwagger(spec.root))
    throw new CommandFailure(`${file}: is of OpenAPI 2.0; \`gatehouse import openapi --document\` makes 3.0 of it`);
  if (!existsSync(folder)) throw new CommandFailure(`${folder}: there is no such folder of records`);
  const fingerprint = documentFingerprint(spec.text);
  const { api, version, ledger } = await observedVersion(folder, {
    api: flags.api,
    version: flags.apiVersion,
    sinceMs: sinceOf(flags.since, now),
    fingerprint,
    writtenVersion: versionIn(spec.root),
  });
  const report = driftReport(spec.root, ledger.toJSON(), { fingerprint });
  const patch = patchOf(spec, report, now);
  if (flags.json === true) print(JSON.stringify(jsonOf(report, patch, { api, version })));
  else print(driftText({ report, patch, api, version, file, now, coloured: call.coloured }));
  if (flags.patch !== undefined) {
    if (patch.text === undefined) note('the document lacks nothing that could be added, no file was written');
    else writeNew(flags.patch, patch.text);
  }
  if (reaches(report, failOn)) throw new CommandFailure('', 1);
}

function patchOf(spec: SpecDocument, report: DriftReport, now: number): DriftPatch {
  try {
    return proposePatch(spec, report, { now });
  } catch (error) {
    throw new CommandFailure(`${spec.file}: ${refusal(error)}`);
  }
}

/** The document itself is in `--patch`. */
function jsonOf(
  report: DriftReport,
  patch: DriftPatch,
  of: { readonly api: string; readonly version: string },
): object {
  const { operations, changes, leftOut, verdict, risks } = patch;
  return { ...of, ...report, patch: { operations, changes, leftOut, verdict, risks } };
}

function reaches({ level }: DriftReport, failOn: (typeof FAIL_ON)[number]): boolean {
  return failOn !== 'never' && level !== undefined && FAIL_ON.indexOf(level) >= FAIL_ON.indexOf(failOn);
}

function sinceOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const back = parseDuration(text);
  const at = back === undefined ? Date.parse(text) : now - back;
  if (!Number.isNaN(at)) return at;
  throw new CommandFailure(`--since ${text}: write a duration such as 7d or a time such as 2026-01-31T08:00:00Z`);
}

function versionIn(root: unknown): string | undefined {
  if (typeof root !== 'object' || root === null || !('info' in root)) return undefined;
  const { info } = root;
  return typeof info === 'object' && info !== null && 'version' in info && typeof info.version === 'string'
    ? info.version
    : undefined;
}
