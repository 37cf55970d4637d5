import type { ConfigPlan, Enforcement, ExportedConfig } from '@gatehouse/control';
import type { AdminClient } from '../admin-client.ts';
import type { KnownNames } from './sent-file.ts';

/* What the admin API answers about configurations: both are of one version. */

/** As an apply is answered: with the proof. */
export type AppliedConfig = ConfigPlan & { readonly enforcement?: Enforcement };

export async function exportedConfig(client: AdminClient, workspace: string): Promise<ExportedConfig> {
  const { body } = await client.get(`/workspaces/${encodeURIComponent(workspace)}/configuration`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return body as ExportedConfig;
}

export async function askedPlan(
  client: AdminClient,
  { workspace, what, body }: { readonly workspace: string; readonly what: 'plan' | 'apply'; readonly body: object },
): Promise<AppliedConfig> {
  const reply = await client.post(`/workspaces/${encodeURIComponent(workspace)}/configuration/${what}`, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return reply.body as AppliedConfig;
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
      apis: [...keys(source['apis']), ...ofFile, ...apisReferredTo(source)],
      plans: keys(source['plans']),
      applications: keys(source['applications']),
      providers: inAi('providers'),
      models: inAi('models'),
      prompts: inAi('prompts'),
      guards: inAi('guards'),
    }).map(([section, names]) => [section, new Set(names)]),
  );
}

/** Plans and subscriptions may have apis of which nothing is served yet. */
function apisReferredTo(source: ExportedConfig['source']): readonly string[] {
  const members = (value: unknown): readonly unknown[] => Object.values(Object(value));
  const apis = members(source['plans']).flatMap((plan) => members(Object(plan).apis));
  const subscribed = members(source['applications']).flatMap((application) =>
    members(Object(application).subscriptions).map((subscription: unknown) => Object(subscription).api),
  );
  return [...apis, ...subscribed].filter((name) => typeof name === 'string');
}
