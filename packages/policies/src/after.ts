/** Goes on at once where there is nothing to wait for, so that what is in hand costs no promise. */
export function after<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  // oxlint-disable-next-line promise/no-callback-in-promise -- what comes next is the point of it
  return value instanceof Promise ? value.then(next) : next(value);
}
