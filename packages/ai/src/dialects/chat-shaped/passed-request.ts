/** A call that is passed on in its own dialect: all that the gate reads of it. */
export interface PassedRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The body with another model; outside the bytes of its name every byte is the caller's. */
  patch(model: string | undefined): Buffer;
}
