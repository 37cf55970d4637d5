import type { Clock, Logger } from '@gatehouse/kernel';
import type { LedgerState, UsageRow } from '@gatehouse/governance';
import type { Database } from '@gatehouse/store';
import type { Analytics } from './analytics/analytics.ts';
import type { Cipher } from './cipher.ts';
import type { ImportSettings } from './importing/fetch-document.ts';
import type { Senders } from './notifications/senders.ts';
import type { Ledger, PriceBook } from './ledger/ledger.ts';
import type { Gate } from './publishing/gate.ts';

/** What all verbs work with; one for each house. */
export interface House {
  readonly database: Database;
  readonly clock: Clock;
  readonly cipher: Cipher;
  readonly gate: Gate;
  readonly log: Logger;
  /** Under which people reach the console: scheme, host and port. Left out: on this machine only. */
  readonly publicUrl?: string;
  /** Whether it takes a second person to give rights (`petitions`). */
  readonly grantsTakeTwo?: boolean;
  /** From where documents may be fetched; left out: from public machines. */
  readonly importFrom?: ImportSettings;
  /** Left out where there are no records: what needs to know who calls then needs a second person. */
  readonly usage?: Usage;
  /** Left out where there are no records. */
  readonly observed?: Observed;
  /** Left out where no records are kept. */
  readonly analytics?: Analytics;
  /** Left out where no records are kept. */
  readonly ledger?: Ledger;
  /** By which calls can be rated again; left out: none has a name. */
  readonly prices?: PriceBook;
  /** For what is sent while somebody waits for it; left out: nothing can be. */
  readonly senders?: Pick<Senders, 'mailer' | 'fetcher'>;
}

/** What was seen of traffic that was held against documents. */
export interface Observed {
  /** `entry`: what gates call the version. */
  of(asked: { readonly entry: string; readonly sinceMs: number }): Promise<LedgerState>;
}

/** What callers have used, by records. */
export interface Usage {
  /** `entry`: what gates call the version, such as `users-1.0.0`. Operations are as its document has them. */
  of(asked: {
    readonly entry: string;
    readonly basePath: string;
    readonly sinceMs: number;
  }): Promise<readonly UsageRow[]>;
}

/** A browser's session, and when its user last proved to be there; or a token. */
export type Via =
  | { readonly kind: 'session'; readonly id: string; readonly provedMs: number }
  | { readonly kind: 'token'; readonly id: string };

/** Who asks. */
export interface Principal {
  readonly kind: 'user' | 'token' | 'system';
  readonly id: string;
  readonly name: string;
  /** How it has shown who it is; undefined: by being the system. */
  readonly via?: Via | undefined;
  /** May it do this, to what is of this team or, left out, to all that there is? A reason why not, for people. */
  refusal(permission: string, workspace: string, team?: string): string | undefined;
  /** Why it may not give this to others; left out: whatever it may itself. What is taken for an emergency is not given. */
  giving?(permission: string, workspace: string, team?: string): string | undefined;
  /** Whether it speaks for a directory, which says who people are. */
  readonly isDirectory?: boolean;
  /** Ids of the teams to whose things alone it may do this; left out: of none. */
  teams?(permission: string, workspace: string): ReadonlySet<string>;
}

/** Where a request comes from, as its socket says, or a proxy that is trusted; never what anybody may write. */
export interface Origin {
  readonly address: string;
  readonly userAgent: string;
}

/** Of one request. */
export interface ServiceContext extends House {
  readonly principal: Principal;
  /** '' for what stands above workspaces. */
  readonly workspace: string;
  readonly requestId: string;
  /** Left out where it comes from ourselves. */
  readonly origin?: Origin;
}
