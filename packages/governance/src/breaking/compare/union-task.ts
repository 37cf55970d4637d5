/** What a union has left to decide when its alternatives have been compared with each other. */
export interface UnionTask {
  decide(): void;
}
