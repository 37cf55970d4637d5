import type { CredentialSpec } from '@gatehouse/config';
import { definePolicy } from '../define-policy.ts';
import type { Exchange, Identification, PolicyTools, Reply } from '../policy.ts';
import { basicCredentials, type BasicCredentials } from './basic-credentials.ts';
import { PasswordCheck } from './password-check.ts';
import type { Config } from './schema.ts';

export const basic = definePolicy({
  name: 'basic',
  stage: 'identify',
  build({ realm }: Config, { runtime }: PolicyTools) {
    const { credentials } = runtime;
    const challenge = `Basic realm="${realm}", charset="UTF-8"`;
    const wrong: Reply = {
      code: 'auth.invalid',
      detail: 'the user name or the password is wrong',
      headers: [['www-authenticate', challenge]],
    };
    const check = runtime.state('basic', () => new PasswordCheck());

    const identified = (credential: CredentialSpec, username: string): Identification => {
      return { caller: { credential, subject: username, fields: ['authorization'] } };
    };

    const verified = async (
      shown: BasicCredentials,
      credential: CredentialSpec | undefined,
    ): Promise<Identification> => {
      // Nobody's password takes as long as somebody's.
      const asked = credential ?? credentials.standIn(shown.username);
      const isRight = await check.verify(shown, hashOf(asked));
      if (isRight === 'busy') return BUSY;
      return isRight && credential !== undefined ? identified(credential, shown.username) : wrong;
    };

    return {
      challenge,
      onIdentify({ request }: Exchange) {
        const value = request.header('authorization');
        if (value === undefined || !/^basic(?: |$)/i.test(value)) return undefined;
        const shown = basicCredentials(value);
        if (shown === undefined) return wrong;
        const credential = credentials.user(shown.username);
        if (credential !== undefined && check.isKnown(shown, hashOf(credential))) {
          return identified(credential, shown.username);
        }
        return verified(shown, credential);
      },
    };
  },
});

const BUSY: Reply = {
  code: 'gateway.overloaded',
  detail: 'too many passwords are being checked, try again',
  headers: [['retry-after', '1']],
};

function hashOf(credential: CredentialSpec | undefined): string {
  return credential?.match?.kind === 'basic' ? credential.match.argon2 : '';
}
