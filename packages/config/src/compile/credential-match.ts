import { createHash } from 'node:crypto';
import { parsePasswordHash, passwordHash } from '@gatehouse/kernel';
import { momentMs } from '../forms/moment.ts';
import { NAME } from '../forms/tokens.ts';
import type { ApplicationSource } from '../schema/application-schema.ts';
import type { BasicSource, CertificateSource } from '../schema/credential-schema.ts';
import type { CredentialMatch, CredentialSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { signatureKey } from './signature-key.ts';

export type MatchedCredential = Pick<CredentialSpec, 'match' | 'name' | 'owner' | 'expiresMs'>;

interface Entry {
  readonly name?: string;
  readonly owner?: string;
  readonly expires?: string;
}

/** Turns what applications show besides keys into what the gate looks for; no two may show the same. */
export class CredentialMatcher {
  readonly #compilation: Compilation;
  /** Lines, by what is shown. */
  readonly #seen = new Map<string, number>();

  constructor(compilation: Compilation) {
    this.#compilation = compilation;
  }

  matches(application: string, source: ApplicationSource): MatchedCredential[] {
    const names = new Set(source.keys.map(({ name }) => name));
    const add = (entry: Entry, instead: string, match: CredentialMatch | undefined) => {
      this.#checkUnique(entry, match);
      const name = this.#name(entry, { instead, names });
      if (match === undefined) return [];
      const expiresMs = entry.expires === undefined ? undefined : momentMs(entry.expires);
      return [{ match, name, owner: entry.owner, expiresMs }];
    };
    return [
      ...source.basic.flatMap((entry) => add(entry, entry.username, this.#basic(application, entry))),
      ...source.clients.flatMap((entry) =>
        add(entry, entry.id, { kind: 'client', issuer: entry.issuer, id: entry.id }),
      ),
      ...source.certificates.flatMap((entry) => add(entry, entry.name, this.#certificate(entry))),
      ...source.signatures.flatMap((entry) => add(entry, entry.keyId, signatureKey(entry, this.#compilation))),
    ];
  }

  #basic(application: string, entry: BasicSource): CredentialMatch | undefined {
    const { places, report } = this.#compilation;
    const username = entry.username.normalize('NFC');
    if (!this.#isOneOf(entry, 'password', 'argon2')) return undefined;
    if (entry.password !== undefined) {
      // Of the user, so that the same file is the same snapshot; of the password, it would tell it without argon2.
      const salt = createHash('sha256').update(`gatehouse ${application} ${username}`).digest().subarray(0, 16);
      return { kind: 'basic', username, argon2: passwordHash(entry.password, salt) };
    }
    const { argon2 = '' } = entry;
    if (parsePasswordHash(argon2) !== undefined) return { kind: 'basic', username, argon2 };
    const right = 'write one of version 19 with at most 256 MiB, such as `gatehouse hash-password` prints';
    report.problem(places.at(entry, 'argon2'), `\`argon2\` is no hash by argon2id that can be checked, ${right}`);
    return undefined;
  }

  #certificate(entry: CertificateSource): CredentialMatch | undefined {
    if (!this.#isOneOf(entry, 'sha256', 'subject')) return undefined;
    if (entry.sha256 !== undefined) return { kind: 'certificate', sha256: entry.sha256.toLowerCase() };
    return { kind: 'certificate', subject: entry.subject ?? '' };
  }

  /** Exactly one of the two is there; else a problem is told. */
  #isOneOf<E extends object>(entry: E, first: keyof E & string, second: keyof E & string): boolean {
    const { places, report } = this.#compilation;
    const written = [first, second].filter((key) => places.wrote(entry, key));
    if (written.length !== 1) {
      const which = written.length === 0 ? `neither \`${first}\` nor` : `both \`${first}\` and`;
      report.problem(places.of(entry), `this has ${which} \`${second}\`, write one of them`);
      return false;
    }
    return entry[first] !== undefined || entry[second] !== undefined;
  }

  #name(entry: Entry, { instead, names }: { readonly instead: string; readonly names: Set<string> }): string {
    const { places, report } = this.#compilation;
    const name = entry.name ?? instead;
    const key = 'name' in entry ? places.at(entry, 'name') : places.of(entry);
    if (!NAME.test(name)) report.problem(key, 'this needs a `name` for records, write one');
    else if (names.has(name)) {
      report.problem(key, 'another credential of the application has this name, give each its own `name`');
    }
    names.add(name);
    return name;
  }

  #checkUnique(entry: Entry, match: CredentialMatch | undefined): void {
    if (match === undefined) return;
    const { places, report } = this.#compilation;
    const shown = identityOf(match);
    const line = this.#seen.get(shown);
    const place = places.of(entry);
    if (line !== undefined) report.problem(place, `this is the same as what line ${line} has, leave one out`);
    else this.#seen.set(shown, report.line(place));
  }
}

/** The same for two that the gate could not tell apart. */
function identityOf(match: CredentialMatch): string {
  switch (match.kind) {
    case 'basic':
      return JSON.stringify([match.kind, match.username]);
    case 'client':
      return JSON.stringify([match.kind, match.issuer, match.id]);
    case 'certificate':
      return JSON.stringify('sha256' in match ? ['sha256', match.sha256] : ['subject', match.subject]);
    case 'signature':
    default:
      return JSON.stringify([match.kind, match.keyId]);
  }
}
