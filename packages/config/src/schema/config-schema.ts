import { Type, type Static, type TSchema } from 'typebox';
import { nameText } from '../forms/tokens.ts';
import { aiSchema } from './ai-schema.ts';
import { apiSchema } from './api-schema.ts';
import { applicationSchema } from './application-schema.ts';
import { gatewaySchema } from './gateway-schema.ts';
import { planSchema } from './plan-schema.ts';
import { pluginSchema } from './plugin-schema.ts';
import { policyListSchema, type PolicySchema } from './policy-list.ts';
import { recordsSchema } from './records-schema.ts';
import { telemetrySchema } from './telemetry-schema.ts';
import { strictObject } from './strict-object.ts';
import { upstreamSchema } from './upstream-schema.ts';

/** The source form of gatehouse.yaml. Types, reading, the JSON Schema for editors and the reference come from here. */
export function configSchema(policies: readonly PolicySchema[]) {
  const policyList = policyListSchema(policies);
  return strictObject(
    {
      gatehouse: Type.Literal(1, { description: 'The version of this format.' }),
      gateway: Type.Optional(gatewaySchema),
      upstreams: byName(upstreamSchema, 'Services behind the gate, by name.'),
      apis: byName(apiSchema(policyList), 'What the gate offers, by name.'),
      plugins: byName(pluginSchema, 'Policies of your own, by name.'),
      plans: byName(planSchema, 'What subscriptions allow, by name.'),
      applications: byName(applicationSchema, 'Who calls, by name.'),
      ai: Type.Optional(aiSchema(policyList)),
      records: Type.Optional(recordsSchema),
      telemetry: Type.Optional(telemetrySchema),
    },
    { description: 'The configuration of a gate.' },
  );
}

function byName<Type extends TSchema>(schema: Type, description: string) {
  return Type.Record(Type.String(), schema, {
    description,
    propertyNames: nameText({ description: 'A name.' }),
    default: {},
  });
}

export type ConfigSource = Static<ReturnType<typeof configSchema>>;
