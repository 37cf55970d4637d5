import { definePolicy } from '../define-policy.ts';
import type { PolicyTools, Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const clientCertificate = definePolicy({
  name: 'client-certificate',
  stage: 'identify',
  build({ by, known }: Config, { runtime }: PolicyTools) {
    const { credentials } = runtime;
    return {
      onIdentify({ request }) {
        const shown = request.clientCertificate;
        if (shown === undefined) return undefined;
        // Anybody can make a certificate with any subject.
        if (!shown.authorized) return NOT_VOUCHED_FOR;
        const { sha256, subject, issuer, names } = shown;
        const credential =
          (by.includes('fingerprint') ? credentials.certificate({ sha256 }) : undefined) ??
          (by.includes('subject') ? credentials.certificate({ subject }) : undefined);
        if (credential === undefined && known) return UNKNOWN;
        return { caller: { credential, subject, claims: { subject, issuer, names, sha256 }, fields: [] } };
      },
    };
  },
});

const NOT_VOUCHED_FOR: Reply = {
  code: 'auth.invalid',
  detail: 'nobody who is trusted here vouches for the certificate',
};
const UNKNOWN: Reply = { code: 'auth.invalid', detail: 'no application has the certificate' };
