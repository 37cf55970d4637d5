import { ServiceError, type Caller as Origin, type Enforcement, type ServiceContext } from '@gatehouse/services';
import type { TSchema } from 'typebox';

/** Where a request comes from, with the token of its session when there is one. */
export interface Caller extends Origin {
  readonly session: string | undefined;
  /** The ticket of a sign-in elsewhere that this browser has begun. */
  readonly departure?: string | undefined;
  /** Under which address this browser reaches us, without a path; undefined: nobody has said. */
  readonly ownUrl: string | undefined;
}

/** For what is not done under an address that only the browser vouches for. */
export function requireOwnUrl({ ownUrl }: Caller): string {
  if (ownUrl !== undefined) return ownUrl;
  throw new ServiceError(
    'admin.illegal',
    'start the gate with --public-url: it has to know under which address you see it',
  );
}

/** What a request of the admin API says, read but not yet checked. */
export interface AdminRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The body as it came, and the fields of its head: what a signature is over. */
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of `If-Match`. */
  readonly revision: number | undefined;
  readonly caller: Caller;
}

export interface AdminReply {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Instead of a body: lines of JSON, as they come. */
  readonly lines?: AsyncIterable<string>;
  /** Instead of a body: a file. */
  readonly file?: { readonly name: string; readonly mediaType: string; readonly content: AsyncIterable<Uint8Array> };
  /** Of the entity in the body, for its ETag. */
  readonly revision?: number;
  readonly enforcement?: Enforcement | undefined;
  /** A new session for the cookie; '' ends it. */
  readonly session?: string;
  /** The ticket of a sign-in elsewhere, for a cookie; '' ends it. */
  readonly departure?: string;
  /** Where the browser goes. */
  readonly location?: string;
}

/** One operation of the admin API: what serves it, what it asks for, and what its document says. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, as `/workspaces/{workspace}/apis/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  /** `apis:read`; `self`: everybody who is known, about themselves; `signed`: whoever signs; `none`: whoever is at the door. */
  readonly permission: string;
  readonly body?: TSchema;
  readonly query?: Readonly<Record<string, TSchema>>;
  /** Whether it is a signature that says who asks, and not a token; the verb looks at it. */
  readonly signed?: boolean;
  /** Whether its body is a form of the web, and not JSON. */
  readonly form?: boolean;
  /** Whether `If-Match` has to say which revision was seen. */
  readonly conditional?: boolean;
  /** Never answered a second time from memory, whatever the `Idempotency-Key`. */
  readonly once?: boolean;
  readonly replies: Readonly<Record<number, string>>;
  /** Of the reply, where it is not `application/json`. */
  readonly mediaType?: string;
  handle(ctx: ServiceContext, request: AdminRequest): Promise<AdminReply>;
}
