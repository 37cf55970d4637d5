import { GatehouseError, type ErrorCode } from '@gatehouse/kernel';

export type ServiceCode = Extract<ErrorCode, `admin.${string}`>;

/** What a caller of the admin API did that cannot be done; `facts` are members of the problem that it gets. */
export class ServiceError extends GatehouseError {
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ServiceCode, detail: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(code, detail);
    this.name = 'ServiceError';
    this.facts = facts;
  }
}
