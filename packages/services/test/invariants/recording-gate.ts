import type { CallerChange } from '@gatehouse/directory';
import type { Gate, GateChange, GateConfig } from '../../src/index.ts';

interface Subscribed {
  readonly product: string;
  readonly plan: string;
  readonly version?: string;
}
interface KnownApplication {
  readonly name: string;
  readonly subscriptions: readonly Subscribed[];
}
export interface ServedApi {
  readonly product: string;
  readonly version: string;
  readonly policies: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
}
export interface Served {
  readonly apis: Readonly<Record<string, ServedApi>>;
  readonly plans: Readonly<Record<string, { readonly apis: readonly string[] }>>;
}
export interface Passage {
  readonly sha256: string;
  readonly plan: string;
  readonly product: string;
}

/** Enforces what it is told as a gate would, and says who gets through. Refuses once, when it is told to. */
export class RecordingGate implements Gate {
  refusesNext = false;
  config: GateConfig = { text: '{"apis":{},"plans":{}}', documents: {} };
  readonly applications = new Map<string, string>();
  readonly credentials = new Map<string, { readonly application: string; readonly expiresMs: number | undefined }>();

  async apisOfOthers(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set());
  }

  async apisOfFile(): Promise<ReadonlySet<string>> {
    return this.apisOfOthers();
  }

  async preview(): ReturnType<Gate['preview']> {
    return Promise.resolve({ meaning: { changes: [] } });
  }

  async previewFile(): ReturnType<Gate['preview']> {
    return this.preview();
  }

  async prepare({ config, callers }: GateChange): ReturnType<Gate['prepare']> {
    if (this.refusesNext) {
      this.refusesNext = false;
      return Promise.resolve({ problems: ['the gate was told to refuse this'] });
    }
    const enforcement = { snapshot: 'test', workers: { enforcing: 1, of: 1 } };
    const enforce = async (): Promise<typeof enforcement> => {
      if (config !== undefined) this.config = config;
      for (const change of callers) this.hear(change);
      return Promise.resolve(enforcement);
    };
    return Promise.resolve({ snapshot: 'test', enforce });
  }

  async replaceCallers(callers: AsyncIterable<CallerChange>): Promise<void> {
    this.applications.clear();
    this.credentials.clear();
    for await (const change of callers) this.hear(change);
  }

  hear(change: CallerChange): void {
    if (change.kind === 'application' && change.text === undefined) this.applications.delete(change.id);
    else if (change.kind === 'application' && change.text !== undefined) this.applications.set(change.id, change.text);
    else if (change.kind === 'credential') this.credentials.set(change.sha256, change);
    else if (change.kind === 'no-credential') this.credentials.delete(change.sha256);
  }

  get served(): Served {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `composeConfig` wrote it
    return JSON.parse(this.config.text) as Served;
  }

  /** Every way through: which key may call what, and which plan lets it. */
  passages(nowMs: number): readonly Passage[] {
    const { apis, plans } = this.served;
    return [...this.credentials].flatMap(([sha256, { application, expiresMs }]) => {
      const text = this.applications.get(application);
      if (text === undefined || (expiresMs !== undefined && expiresMs <= nowMs)) return [];
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `applicationChange` wrote it
      const { subscriptions } = JSON.parse(text) as KnownApplication;
      return subscriptions.flatMap(({ product, plan, version }) =>
        (plans[plan]?.apis ?? [])
          .filter(
            (entry) => apis[entry]?.product === product && (version ?? apis[entry].version) === apis[entry].version,
          )
          .map(() => ({ sha256, plan, product })),
      );
    });
  }
}
