import { EntityScan } from './entities/entity-scan.ts';
import type { EntityKind, Span } from './entities/entity.ts';
import { strictest, type Effect, type Findings } from './findings.ts';
import type { GuardSide } from './guard-spec.ts';
import type { Placeholders } from './placeholders.ts';
import { WordScan } from './words/word-scan.ts';
import type { WordAutomaton } from './words/word-automaton.ts';
import { TextWindow, type Outcome, type WindowHost } from './window/text-window.ts';

/** What the guards of a configuration look for inside the texts of one side. */
export interface ScreenPlan {
  readonly side: GuardSide;
  readonly pii: boolean;
  readonly secrets: boolean;
  /** What is done about each kind. */
  readonly effects: ReadonlyMap<EntityKind, readonly Effect[]>;
  /** Denied words; `owner` of its patterns is a place in `wordEffects`. */
  readonly words: WordAutomaton | undefined;
  readonly wordEffects: readonly Effect[];
}

export interface TextKind {
  /** Words that are denied are not looked for, as in what the operator says. */
  readonly trusted?: boolean;
  /** It is JSON, whatever it begins with. */
  readonly json?: boolean;
  /** What stands in front and tells what the text is. */
  readonly context?: string | undefined;
  /** It cannot be changed: what would be masked is only reported. */
  readonly fixed?: boolean;
}

/** Looks through the texts of one side of one call, and decides what becomes of what is found. */
export class Screen implements WindowHost {
  /** What must not pass was found. */
  blocked = false;
  /** Something was masked that will not come back. */
  masked = false;
  readonly #plan: ScreenPlan;
  readonly #placeholders: Placeholders;
  readonly #findings: Findings;
  readonly #holdsWords: boolean;
  readonly #onlyLooks: boolean;
  #fixed = false;

  constructor(plan: ScreenPlan, placeholders: Placeholders, findings: Findings) {
    this.#plan = plan;
    this.#placeholders = placeholders;
    this.#findings = findings;
    const words = strictest(plan.wordEffects);
    this.#holdsWords = words === 'block' || words === 'mask';
    const entities = strictest([...plan.effects.values()].flat());
    const changes = entities === 'block' || entities === 'mask';
    this.#onlyLooks = !changes && !this.#holdsWords && !this.#restores;
  }

  /** There is nothing to look for. */
  get isIdle(): boolean {
    const { pii, secrets, words } = this.#plan;
    return !pii && !secrets && words === undefined && !this.#restores;
  }

  open({ trusted = false, json = false }: TextKind = {}): TextWindow {
    const { pii, secrets, words } = this.#plan;
    const tokenAt = this.#restores ? this.#placeholders.tokenAt.bind(this.#placeholders) : undefined;
    const looks = pii || secrets || tokenAt !== undefined;
    return new TextWindow({
      host: this,
      entities: looks ? new EntityScan({ pii, secrets, tokenAt }) : undefined,
      words: words === undefined || trusted ? undefined : new WordScan(words),
      holdsWords: this.#holdsWords,
      onlyLooks: this.#onlyLooks,
      json,
    });
  }

  /** A whole text, as it may pass. */
  rewrite(text: string, kind: TextKind = {}): string {
    if (text === '' || this.isIdle) return text;
    this.#fixed = kind.fixed === true;
    const window = this.open(kind);
    const rewritten = window.whole(text, kind.context);
    this.#fixed = false;
    if (!window.blocked) return rewritten;
    this.blocked = true;
    return text;
  }

  found(kind: Span['kind'], text: string, literal: boolean): Outcome {
    if (kind === 'token') {
      const value = this.#placeholders.valueOf(text);
      return value === undefined ? 'keep' : { put: value };
    }
    return this.#act(this.#plan.effects.get(kind) ?? [], { kind, text, literal });
  }

  word(owner: number, text: string): Outcome {
    const effect = this.#plan.wordEffects[owner];
    return effect === undefined ? 'keep' : this.#act([effect], { kind: 'deny', text, literal: false });
  }

  get #restores(): boolean {
    return this.#plan.side === 'reply' && !this.#placeholders.isEmpty;
  }

  #act(effects: readonly Effect[], { kind, text, literal }: Matched): Outcome {
    for (const effect of effects) {
      const known = this.#fixed && effect.action === 'mask' ? { ...effect, action: 'flag' as const } : effect;
      this.#findings.add(known, { on: this.#plan.side, kind });
    }
    const action = strictest(effects);
    if (this.#fixed && action === 'mask') return 'keep';
    if (action === 'block') return 'block';
    if (action !== 'mask') return 'keep';
    const label = kind === 'deny' ? 'WORD' : kind.toUpperCase();
    if (this.#plan.side === 'request') return { put: this.#placeholders.tokenFor(label, text, literal) };
    this.masked = true;
    return { put: this.#placeholders.markFor(label, text, literal) };
  }
}

interface Matched {
  readonly kind: string;
  readonly text: string;
  readonly literal: boolean;
}
