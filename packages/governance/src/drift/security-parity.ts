import { mapOf, type JsonMap } from '../tree/json-tree.ts';
import type { Level } from '../breaking/variance.ts';
import type { DeclaredOperation, DriftDocument } from './drift-document.ts';
import type { CallerState, OperationState } from './ledger-state.ts';
import { spotAt } from './schema-spots.ts';

/** Who may call an operation: what the document says, what the gate asks for, what callers do. */
export interface SecurityParity {
  readonly operation: string;
  /** Alternatives, each a list of what it takes, such as `[["bearer"], ["header x-api-key"]]`; none: anybody may call. */
  readonly declared: readonly (readonly string[])[];
  /** Ways that the gate takes, of the exchanges that were seen; undefined: none was seen. */
  readonly enforced: readonly string[] | undefined;
  /** What was shown in calls that came through, and how often; '' for nothing. */
  readonly observed: Readonly<Record<string, number>>;
  readonly verdict: ParityVerdict;
  /** Undefined: they agree. */
  readonly level?: Level;
}

export type ParityVerdict =
  | 'agrees'
  | 'unseen'
  | 'unprotected'
  | 'left-to-the-service'
  | 'undeclared-protection'
  | 'other-credential';

const LEVELS: Readonly<Partial<Record<ParityVerdict, Level>>> = {
  unprotected: 'error',
  'undeclared-protection': 'warning',
  'other-credential': 'warning',
  'left-to-the-service': 'info',
};

export function securityParity(
  document: DriftDocument,
  operation: DeclaredOperation,
  state: OperationState | undefined,
): SecurityParity {
  const declared = declaredOf(document, operation);
  const callers = state?.callers ?? [];
  const through = callers.filter(({ statusClass }) => statusClass === 2 || statusClass === 3);
  const enforced = callers.length === 0 ? undefined : [...new Set(callers.flatMap(({ asked }) => asked))];
  const observed = new Map<string, number>();
  for (const { shown, count } of through) {
    const ways = shown.join(' + ');
    observed.set(ways, (observed.get(ways) ?? 0) + count);
  }
  const verdict = verdictOf(declared, { callers, through });
  const level = LEVELS[verdict];
  return {
    operation: operation.key,
    declared,
    enforced,
    observed: Object.fromEntries(observed),
    verdict,
    ...(level !== undefined && { level }),
  };
}

interface Calls {
  readonly callers: readonly CallerState[];
  readonly through: readonly CallerState[];
}

function verdictOf(declared: SecurityParity['declared'], { callers, through }: Calls): ParityVerdict {
  if (callers.length === 0) return 'unseen';
  const isOpen = callers.some(({ asked }) => asked.length === 0);
  if (declared.length === 0) return isOpen ? 'agrees' : 'undeclared-protection';
  if (isOpen && through.some(({ shown, asked }) => asked.length === 0 && shown.length === 0)) return 'unprotected';
  if (through.some(({ shown }) => !declared.some((ways) => isShown(ways, shown)))) return 'other-credential';
  return isOpen ? 'left-to-the-service' : 'agrees';
}

/** What cannot be seen in a request, such as a certificate that ended in front of the gate, counts as shown. */
function isShown(ways: readonly string[], shown: readonly string[]): boolean {
  return ways.every((way) => way === 'tls' || way === '?' || shown.includes(way));
}

/** Empty where nothing is asked for, or nothing need be. */
function declaredOf({ root }: DriftDocument, { spot }: DeclaredOperation): SecurityParity['declared'] {
  const said = spot.map['security'] ?? root['security'];
  if (!Array.isArray(said)) return [];
  const alternatives = said.map((each) => Object.keys(mapOf(each) ?? {}).map((name) => wayOf(root, name)));
  return alternatives.some((ways) => ways.length === 0) ? [] : alternatives;
}

/** As observations call it. */
function wayOf(root: JsonMap, scheme: string): string {
  const { type, in: place, name, scheme: word } = spotAt(root, ['components', 'securitySchemes', scheme])?.map ?? {};
  if (type === 'oauth2' || type === 'openIdConnect') return 'bearer';
  if (type === 'mutualTLS') return 'tls';
  if (type === 'http' && typeof word === 'string') return word.toLowerCase();
  if (type !== 'apiKey' || typeof place !== 'string' || typeof name !== 'string') return '?';
  return `${place} ${place === 'header' ? name.toLowerCase() : name}`;
}
