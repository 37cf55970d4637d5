import { Type, type Static } from 'typebox';
import { duration, sharedBy, size } from '../schema-parts.ts';

export const summary = 'Makes a call with an Idempotency-Key once, and gives its reply again to whoever repeats it.';

export const schema = Type.Object(
  {
    methods: Type.Array(Type.String({ title: 'a method', pattern: '^[A-Z]{1,20}$' }), {
      minItems: 1,
      default: ['POST', 'PATCH'],
      description: 'Methods whose keys are heeded; other calls pass.',
    }),
    required: Type.Boolean({ default: false, description: 'Refuses calls of these methods without a key.' }),
    ttl: duration({ default: '24h', description: 'How long a key is known.' }),
    maxBytes: size({ default: '64KiB', description: 'Largest reply that is kept, its head included.' }),
    by: Type.Optional(
      sharedBy(
        'Whose keys are the same: application, credential, subject, ip, route (everybody together), header:NAME or ' +
          'claim:NAME. Left out: the application when the caller is known, else the address.',
      ),
    ),
    serverErrors: Type.Boolean({
      default: false,
      description: 'Keeps replies of 500 and above too; else such a call may be made again.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
