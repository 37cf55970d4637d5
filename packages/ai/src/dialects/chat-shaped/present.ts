/** The members that are there: those that are undefined are left out, as exact optional types want it. */
export function present<T extends object>(fields: T): Present<T> {
  const there = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- exactly the members that may be undefined can be missing
  return there as Present<T>;
}

export type Present<T> = { readonly [K in Always<T>]: T[K] } & {
  readonly [K in Exclude<keyof T, Always<T>>]?: Exclude<T[K], undefined>;
};

type Always<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];
