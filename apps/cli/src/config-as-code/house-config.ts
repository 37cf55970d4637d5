import type { AdminClient } from '../admin-client.ts';
import type { KnownNames } from './sent-file.ts';

/* What the admin API answers about configurations: both are of one version. */

export interface ExportedConfig {
  readonly source: Readonly<Record<string, unknown>>;
  readonly documents: Readonly<Record<string, string>>;
  readonly left: readonly string[];
  readonly ofFile: readonly string[];
}

export interface FieldChange {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface PlannedChange {
  readonly action: 'create' | 'update' | 'delete' | 'own' | 'release';
  readonly kind: string;
  readonly name: string;
  readonly parent?: string;
  readonly fields?: readonly FieldChange[];
  readonly drift?: true;
  readonly note?: string;
}

export interface PlanProblem {
  readonly at: string;
  readonly message: string;
}

export interface MeaningChange {
  readonly area: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly subject: string;
  readonly detail: string;
  readonly requests?: readonly string[];
}

export interface ConfigPlan {
  readonly name: string;
  readonly plan: string;
  readonly changes: readonly PlannedChange[];
  readonly problems: readonly PlanProblem[];
  readonly meaning?: { readonly changes: readonly MeaningChange[] };
  readonly enforcement?: {
    readonly snapshot: string;
    readonly workers: { readonly enforcing: number; readonly of: number };
  };
}

export async function exportedConfig(client: AdminClient, workspace: string): Promise<ExportedConfig> {
  const { body } = await client.get(`/workspaces/${encodeURIComponent(workspace)}/configuration`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return body as ExportedConfig;
}

export async function askedPlan(
  client: AdminClient,
  { workspace, what, body }: { readonly workspace: string; readonly what: 'plan' | 'apply'; readonly body: object },
): Promise<ConfigPlan> {
  const reply = await client.post(`/workspaces/${encodeURIComponent(workspace)}/configuration/${what}`, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return reply.body as ConfigPlan;
}

/** What a file may refer to without saying it. */
export function namesIn({ source, ofFile }: ExportedConfig): KnownNames {
  const keys = (value: unknown): readonly string[] =>
    typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const ai: unknown = source['ai'];
  const inAi = (section: string): readonly string[] =>
    typeof ai === 'object' && ai !== null && section in ai ? keys(Reflect.get(ai, section)) : [];
  return new Map(
    Object.entries({
      upstreams: keys(source['upstreams']),
      apis: [...keys(source['apis']), ...ofFile],
      plans: keys(source['plans']),
      applications: keys(source['applications']),
      providers: inAi('providers'),
      models: inAi('models'),
      prompts: inAi('prompts'),
      guards: inAi('guards'),
    }).map(([section, names]) => [section, new Set(names)]),
  );
}
