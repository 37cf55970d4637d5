import { mergedShape, type DriftKind, type ObservedFinding } from '@gatehouse/kernel';

const FINDINGS_MAX = 30;
const SEEN_MAX = 400;
const WHERE_CHARS_MAX = 240;

const KIND_OF_RULE: Readonly<Record<string, DriftKind>> = {
  required: 'missing-required',
  type: 'type',
  enum: 'enum-value',
  const: 'enum-value',
};

/** `required` → `missing-required`; what has no kind of its own is a constraint. */
export function kindOf(rule: string): DriftKind {
  return Object.hasOwn(KIND_OF_RULE, rule) ? (KIND_OF_RULE[rule] ?? 'constraint') : 'constraint';
}

/** A word that may be told of: what stands where the document has a list of words. */
export function wordOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && WORD.test(value) ? value : undefined;
}

const WORD = /^[A-Za-z0-9_.:-]{1,40}$/;

/** What is found in one exchange: each thing once, and not more than a line can hold. */
export class FoundDrift {
  readonly #seen = new Set<string>();
  readonly #findings = new Map<string, ObservedFinding>();

  see(where: string): void {
    if (this.#seen.size < SEEN_MAX && where.length <= WHERE_CHARS_MAX) this.#seen.add(where);
  }

  add(finding: ObservedFinding): void {
    if (finding.where.length > WHERE_CHARS_MAX) return;
    const { kind, where, rule = '', value = '' } = finding;
    // Found twice: by its name, and because nothing may stand there.
    const key = `${kind} ${value} ${kind === 'unknown-field' ? '' : rule} ${where}`;
    const known = this.#findings.get(key);
    if (known !== undefined || this.#findings.size < FINDINGS_MAX)
      this.#findings.set(key, known === undefined ? finding : joined(known, finding));
  }

  get seen(): readonly string[] {
    return [...this.#seen];
  }

  get findings(): readonly ObservedFinding[] {
    return [...this.#findings.values()];
  }
}

function joined(a: ObservedFinding, b: ObservedFinding): ObservedFinding {
  const shape = a.shape === undefined || b.shape === undefined ? (a.shape ?? b.shape) : mergedShape(a.shape, b.shape);
  const rule = a.rule ?? b.rule;
  return { ...a, ...(rule !== undefined && { rule }), ...(shape !== undefined && { shape }) };
}
